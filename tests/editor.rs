//! What an editor sees of the attributes: rust-analyzer has a program open that uses them.
//!
//! Where there is no rust-analyzer the tests say so and are skipped, also under `APLOMB_REQUIRE_ALL=1`: it does not
//! come with every toolchain. `docs/architecture.md` says how to get it.

// The protocol's names of files are made of paths that begin with a slash.
#![cfg(unix)]

mod editor {
    pub(crate) mod package;
    pub(crate) mod programs;
    pub(crate) mod server;
    pub(crate) mod view;
}

use std::collections::HashSet;

use editor::programs::{APPS, SHIELDED, cuts, program};
use editor::view::{Diagnostic, Editor, editor};

/// A fragment with the cursor `|` in it, and words that are offered there.
#[rustfmt::skip]
const COMPLETED: &[(&str, &str)] = &[
    // The body of `main`.
    ("#[app(start, run, stop)]\nfn main() { let state = State { number: 1 }; state.| }", "number close serve"),
    ("#[app(start, run, stop)]\nfn main() { let state = State { number: 1 }; sta| }", "state"),
    ("#[app(start, run)]\nfn main() -> Result<u32, String> { let state = State::open()?; Ok(state.|) }", "number"),
    ("#[app(start, run)]\nfn main() -> u32 { match State::open() { Ok(state) => state.|", "number"),
    ("#[app(start, run, stop)]\nasync fn main() { let state = State { number: 1 }; state.| }", "number serve"),
    ("#[app(start, run)]\nasync fn main() -> Result<u32, String> { State::open().await?.| }", "number"),
    // The body where the attribute is wrong.
    ("#[app(start, run, stopp)]\nfn main() { let state = State { number: 1 }; state.| }", "number serve"),
    ("#[shielded(inlin)]\nfn commit(state: &State) { state.| }", "number serve"),
    // The body of a shielded function.
    ("#[shielded]\nfn commit(state: &State) { state.| }", "number serve"),
    ("#[shielded]\nfn commit(state: &State) { let number = state.|; }", "number"),
    ("#[shielded]\nfn commit(state: &State) { let number = state.|", "number"),
    ("#[shielded]\nfn commit(state: &State) -> Result<u32, String> { if true { State::open()?.| } }", "number"),
    ("#[shielded]\nfn commit<T: Clone>(value: &T) -> T { value.| }", "clone"),
    ("#[shielded(name = \"the ledger\")]\nfn commit(state: &State) { let state = state; sta| }", "state"),
    ("#[shielded]\nasync fn commit(state: State) { state.| }", "number serve"),
    ("#[shielded]\nasync fn commit(State { number }: State) -> u32 { num| }", "number"),
    ("#[shielded]\nasync fn commit(state: State) -> Result<u32, String> { ready().await; Ok(state.|) }", "number"),
    ("#[shielded(inline)]\nasync fn commit(state: &State) { let number = state.| }", "number serve"),
    // Methods.
    ("impl State {\n#[shielded]\nfn commit(&self) { self.| } }", "number serve commit"),
    ("impl State {\n#[shielded]\nfn commit(&mut self) { self.number = self.|; } }", "number"),
    ("impl State {\n#[shielded]\nfn commit(self) { sel| } }", "self"),
    ("impl State {\n#[shielded]\nasync fn commit(self) { self.| } }", "number serve"),
    ("impl State {\n#[shielded(inline)]\nasync fn commit(&self, other: &State) { self.serve(); other.| } }", "number serve"),
    ("impl Commit for State {\n#[shielded]\nfn commit(&self) { self.| } }", "number serve"),
    ("impl State {\n#[shielded(inline)]\nfn commit(&self) -> BoxFuture<'_> { self.|; Box::pin(ready()) } }", "number serve"),
    ("impl State {\n#[shielded]\nfn commit(self) -> BoxFuture<'static> { Box::pin(async move { self.|; ready().await }) } }", "number serve"),
    ("#[async_trait]\nimpl Save for State {\n#[shielded(inline)]\nasync fn save(&self) { self.| } }", "number serve"),
    // The paths in the arguments.
    ("#[app(run = ru|)]\nfn main();", "run"),
    ("#[app(run, on(SIGHUP = rel|))]\nfn main();", "reload"),
];

#[test]
fn bodies_and_paths_are_completed() {
    completed(COMPLETED);
}

/// A fragment with the cursor `|` in it, and the line that defines what is there.
#[rustfmt::skip]
const DEFINED: &[(&str, &str)] = &[
    ("#[app(st|art, run, stop)]\nfn main();", "fn start()"),
    ("#[app(start, run, st|op)]\nfn main() {}", "fn stop("),
    ("#[app(start, ru|n, stop)]\nasync fn main();", "async fn run("),
    ("#[app(start = State::op|en)]\nfn main();", "fn open()"),
    ("#[app(start = St|ate::open)]\nfn main();", "struct State"),
    ("#[app(run, on(SIGHUP = rel|oad))]\nfn main();", "fn reload()"),
    ("#[app(run, on(SIG|HUP = reload))]\nfn main();", "SIGHUP:"),
    ("#[app(run, signals(SIG|INT))]\nfn main();", "SIGINT:"),
];

#[test]
fn words_of_the_arguments_lead_to_what_they_name() {
    defined(DEFINED);
}

/// A fragment with the cursor `|` in it, and what stands in the text when the word there was renamed to `other`.
#[rustfmt::skip]
const RENAMED: &[(&str, &str)] = &[
    ("#[app(start, run, st|op)]\nfn main();", "#[app(start, run, other)]"),
    ("#[app(start, run, st|op)]\nfn main();", "fn other(state: State)"),
    ("#[app(run, on(SIGHUP = relo|ad))]\nfn main();", "on(SIGHUP = other)"),
    ("#[app(start, run = State::ser|ve)]\nfn main();", "run = State::other"),
    ("#[app(start, run = State::serve)]\nfn main();\nfn f(state: State) { state.ser|ve() }", "run = State::other"),
    ("#[app(run = work)]\nfn main();\nfn wo|rk() {}", "#[app(run = other)]"),
    ("#[app(run)]\nfn main();\n#[shielded]\nfn commit(state: &State) { state.num|ber; }", "{ state.other; }"),
];

#[test]
fn words_of_the_arguments_are_renamed() {
    let Some(mut editor) = editor() else { return };
    let check = |(fragment, wanted): &(&str, &str)| {
        editor.show(&program(fragment));
        let text = editor.renamed("other");
        (!text.contains(wanted)).then(|| format!("{fragment}\n    becomes {text}"))
    };
    none(RENAMED.iter().filter_map(check));
}

#[test]
fn nothing_is_wrong_in_what_is_right() {
    let Some(mut editor) = editor() else { return };
    let check = |fragment: &&str| {
        let found = diagnostics(&mut editor, fragment);
        (!found.is_empty()).then(|| format!("{fragment}\n    {found:#?}"))
    };
    none(APPS.iter().chain(&SHIELDED).filter_map(check));
}

/// Arguments are written from left to right, and at each moment the editor expands what is there.
#[test]
fn half_written_arguments_are_the_only_mistake() {
    let Some(mut editor) = editor() else { return };
    let check = |(cut, fragment): (String, String)| {
        let found = diagnostics(&mut editor, &fragment);
        let wrong = found.into_iter().filter(|found| !is_ours(found, &cut));
        let wrong: Vec<_> = wrong.collect();
        (!wrong.is_empty()).then(|| format!("{fragment}\n    {wrong:#?}"))
    };
    let cuts = APPS
        .iter()
        .chain(&SHIELDED)
        .flat_map(|fragment| cuts(fragment));
    // Many begin with the same words.
    let mut seen = HashSet::new();
    let cuts = cuts.filter(|(cut, _)| seen.insert(cut.clone()));
    none(cuts.filter_map(check));
}

/// Whether this is a message of the attribute, or about the word that is being written.
fn is_ours(found: &Diagnostic, cut: &str) -> bool {
    let Diagnostic { message, text } = found;
    message.contains("help: ") || (!text.is_empty() && cut.ends_with(text.as_str()))
}

#[test]
fn no_attribute_panics() {
    let Some(mut editor) = editor() else { return };
    let fragments = COMPLETED.iter().chain(BEGUN).chain(NAMED).chain(TOLD);
    let check = |(fragment, _): &(&str, &str)| {
        let found = diagnostics(&mut editor, fragment);
        let panicked = found.iter().any(|found| found.message.contains("panicked"));
        panicked.then(|| format!("{fragment}\n    {found:#?}"))
    };
    none(fragments.filter_map(check));
}

/// A fragment with the cursor `|` in it, and words that are offered there.
///
/// Three are not among them. In `exit = "c|"` rust-analyzer offers nothing, since it completes no names in strings. In
/// `#[shielded(|)]` no argument is there yet, as in `#[shielded]`, which is left alone. And `crate` is no name.
#[rustfmt::skip]
const BEGUN: &[(&str, &str)] = &[
    ("#[app(|)]\nfn main();", "start run stop components signals on timeout deadline"),
    ("#[app(start, run, stop, d|)]\nfn main();", "deadline drain"),
    ("#[app(start, run, stop, d|)]\nfn main() { println!(); }", "deadline drain"),
    ("#[app(start, run, stop, |)]\nfn main();", "deadline drain exit force_after on reap_orphans signals terminal timeout"),
    ("#[app(start, run, d|\n    timeout(run = \"10s\"))]\nfn main();", "deadline drain"),
    ("#[app(start, run d|)]\nfn main();", "deadline drain"),
    ("#[app(drain = \"5s\" dead|)]\nfn main();", "deadline"),
    ("#[app(signals(SIGINT) d|, run)]\nfn main();", "deadline drain"),
    ("#[app(st|)]\nfn main();", "start stop"),
    ("#[app(for|)]\nfn main();", "force_after"),
    ("#[app(run, d| = \"10s\")]\nfn main();", "deadline drain"),
    ("#[app(run, f|)]\nasync fn main();", "flavor"),
    ("#[app(run, wor|)]\nasync fn main();", "worker_threads"),
    ("#[app(run, gr|)]\nasync fn main();", "grace"),
    ("#[app(run, sys|)]\nfn main();", "systemd"),
    ("#[app(run, rep|)]\nfn main();", "report"),
    ("#[app(run, report = re|)]\nfn main();", "ready"),
    ("#[app(run, systemd(|))]\nfn main();", "check extend ready"),
    ("#[app(run, systemd(check = re|))]\nfn main();", "ready"),
    ("#[app(run, runt|)]\nasync fn main();", "runtime"),
    ("#[app(run, runtime = re|)]\nasync fn main();", "ready"),
    ("#[app(run, b|)]\nasync fn main();", "block_on"),
    ("#[app(run, signals(SIGT|))]\nfn main();", "SIGTERM"),
    ("#[app(run, signals(SIGINT, |))]\nfn main();", "SIGTERM SIGQUIT"),
    ("#[app(run, on(SIGH|))]\nfn main();", "SIGHUP"),
    ("#[app(run, on(SIGW|))]\nfn main();", "SIGWINCH"),
    ("#[app(run, timeout(|))]\nfn main();", "start run stop"),
    ("#[app(run, timeout(st|))]\nfn main();", "start stop"),
    ("#[app(run, timeout(start = \"10s\", r|))]\nfn main();", "run"),
    ("#[app(run = |)]\nfn main();", "State database run"),
    ("#[app(start = State::|)]\nfn main();", "open"),
    ("#[app(start = State::op|)]\nfn main();", "open"),
    ("#[app(run, on(SIGHUP = |))]\nfn main();", "reload"),
    ("#[app(run, on(SIGHUP = self::|))]\nfn main();", "reload"),
    ("#[app(components(|))]\nfn main();", "database State"),
    ("#[app(components(data|))]\nfn main();", "database"),
    ("#[app(components(database(st|)))]\nfn main();", "start stop"),
    ("#[app(components(database(start, s|)))]\nfn main();", "stop"),
    ("#[app(components(database(start = database::st|)))]\nfn main();", "start stop"),
    ("#[shielded(in|)]\nasync fn commit() {}", "inline"),
    ("#[shielded(n|)]\nfn commit() {}", "name"),
    ("#[shielded(name = \"the ledger\", |)]\nfn commit() {}", "inline"),
    ("#[shielded(name = \"the ledger\", in|)]\nasync fn commit() {}", "inline"),
    ("impl State {\n#[shielded(inl|)]\nasync fn commit(&self) {} }", "inline"),
    ("#[shielded(inline, |)]\nasync fn commit() {}", "name"),
];

#[test]
fn words_that_have_begun_are_completed() {
    completed(BEGUN);
}

/// A fragment with the cursor `|` in it, and the line that defines what is there, or the lines.
#[rustfmt::skip]
const NAMED: &[(&str, &str)] = &[
    ("#[app(components(data|base(start, stop)))]\nfn main();", "mod database"),
    ("#[app(components(self::data|base(start, stop)))]\nfn main();", "mod database"),
    ("#[app(components(data|base(start, stop)))]\nasync fn main();", "mod database"),
    // Without a list the name stands for the functions as well: rustc shows there what is wrong with one of them.
    ("#[app(components(data|base))]\nfn main();", "mod database & fn start() & fn stop("),
    ("#[app(components(database(start, stop)), on(SIG|HUP = reload))]\nfn main();", "SIGHUP:"),
    ("#[app(run, dr|ain = \"5s\", deadline = \"25s\")]\nfn main();", "pub mod drain {}"),
    ("#[app(run, force|_after = 3)]\nfn main();", "pub mod force_after {}"),
    ("#[app(run = sta|rt)]\nfn main();", "fn start()"),
    ("#[app(r|un = start)]\nfn main();", "pub mod run {}"),
    ("#[app(run, timeout(r|un = \"10s\"))]\nfn main();", "pub mod run {}"),
    ("#[app(run, flavor = \"current|_thread\")]\nasync fn main();", "pub mod current_thread {}"),
    ("#[app(run, report = \"of|f\")]\nfn main();", "pub mod off {}"),
    ("#[shielded(in|line, name = \"the ledger\")]\nasync fn commit() {}", "pub mod inline {}"),
    ("#[app(components(database(st|art, stop)))]\nfn main();", "fn start() -> Result<Database, String>"),
    ("#[app(components(database(st|art, st)))]\nfn main();", "fn start() -> Result<Database, String>"),
    ("#[app(st|art, runn)]\nfn main();", "fn start() -> Result<State, String>"),
    ("#[app(start, run, exit = \"co|de\")]\nfn main();", "Code"),
    ("#[app(run, signals(SIGT|ERM, SIGI))]\nfn main();", "SIGTERM"),
];

#[test]
fn each_word_leads_to_one_thing() {
    defined(NAMED);
}

/// A fragment with the cursor `|` in it, and what is told about the word there.
#[rustfmt::skip]
const TOLD: &[(&str, &str)] = &[
    // The words of `#[app]`.
    ("#[app(run, dead|line = \"25s\")]\nfn main();", "how long the whole shutdown may take"),
    ("#[app(run, dr|ain = \"5s\")]\nfn main();", "how long after the request"),
    ("#[app(run, sig|nals(SIGINT))]\nfn main();", "what asks the app to stop"),
    ("#[app(run, time|out(run = \"10s\"))]\nfn main();", "how long each may take"),
    ("#[app(run, o|n(SIGHUP = reload))]\nfn main();", "when the signal comes"),
    ("#[app(compon|ents(database(start, stop)))]\nfn main();", "several parts"),
    ("#[app(run, force|_after = 3)]\nfn main();", "ends the process at once"),
    ("#[app(run, ex|it = \"code\")]\nfn main();", "what a signal leads to"),
    ("#[app(run, reap_|orphans)]\nfn main();", "what PID 1 of a container inherits"),
    ("#[app(run, fla|vor = \"current_thread\")]\nasync fn main();", "tokio's runtime of one thread"),
    ("#[app(run, worker|_threads = 4)]\nasync fn main();", "how many threads"),
    ("#[app(run, run|time = ready)]\nasync fn main();", "the function that makes tokio's runtime"),
    ("#[app(run, block|_on = block_on)]\nasync fn main();", "an executor other than tokio"),
    ("#[app(run, cra|te = aplomb)]\nfn main();", "where this library is"),
    ("#[app(st|art = State::open)]\nfn main();", "makes the state"),
    ("#[app(r|un = work)]\nfn main();\nfn work() {}", "works with it"),
    ("#[app(start, st|op = State::close)]\nfn main();", "ends it"),
    // A bare phase is the user's function.
    ("#[app(st|art, run, stop)]\nfn main();", "fn start() -> Result<State, String>"),
    ("#[app(start, r|un, stop)]\nfn main();", "fn run(state: &mut State"),
    ("#[app(start, run, stop, d, st|op)]\nfn main();", "fn stop(state: State)"),
    ("#[app(components(database(st|art, stop)))]\nfn main();", "fn start() -> Result<Database, String>"),
    // The words inside of them.
    ("#[app(start, run, timeout(st|art = \"30s\"))]\nfn main();", "how long"),
    ("#[app(start, run, timeout(r|un = \"30s\"))]\nfn main();", "from the request on"),
    ("#[app(start, run, stop, timeout(st|op = \"30s\"))]\nfn main();", "how long"),
    ("#[app(components(database(st|art = database::start)))]\nfn main();", "makes"),
    ("#[app(run, signals(SIGT|ERM))]\nfn main();", "pub const SIGTERM"),
    ("#[app(run, on(SIGH|UP = reload))]\nfn main();", "pub const SIGHUP"),
    ("#[app(run, exit = \"co|de\")]\nfn main();", "Code"),
    // Arguments that are wrong, or not complete.
    ("#[app(dead|line)]\nfn main();", "how long the whole shutdown may take"),
    ("#[app(run, dead|line =)]\nfn main();", "how long the whole shutdown may take"),
    ("#[app(run, dead|line = 5, drain = \"5s\")]\nfn main();", "how long the whole shutdown may take"),
    ("#[app(run, nonsense, dr|ain = \"5s\")]\nfn main();", "how long after the request"),
    ("#[app(run, = , dr|ain = \"5s\")]\nfn main();", "how long after the request"),
    ("#[app(run, timeout(ru|n))]\nfn main();", "from the request on"),
    ("#[app(run, sig|nals)]\nfn main();", "what asks the app to stop"),
    ("#[app(run, signals(SIGI, SIGT|ERM))]\nfn main();", "pub const SIGTERM"),
    // The words of `#[shielded]`.
    ("#[shielded(in|line)]\nasync fn commit() {}", "no task of its own"),
    ("#[shielded(na|me = \"the ledger\")]\nfn commit() {}", "what the shield is called"),
    ("#[shielded(cr|ate = aplomb)]\nfn commit() {}", "where this library is"),
    ("impl State {\n#[shielded(in|line)]\nasync fn commit(&self) {} }", "no task of its own"),
    ("#[shielded(na|me)]\nfn commit() {}", "what the shield is called"),
];

#[test]
fn words_of_the_arguments_are_told() {
    let Some(mut editor) = editor() else { return };
    let check = |(fragment, wanted): &(&str, &str)| {
        editor.show(&program(fragment));
        let told = editor.hover();
        let is_told = told.to_lowercase().contains(&wanted.to_lowercase());
        (!is_told).then(|| format!("{fragment}\n    tells {told:?}"))
    };
    none(TOLD.iter().filter_map(check));
}

fn completed(rows: &[(&str, &str)]) {
    let Some(mut editor) = editor() else { return };
    let check = |(fragment, words): &(&str, &str)| {
        editor.show(&program(fragment));
        let offered = editor.completions();
        let is_offered = |word: &str| {
            // A function comes with its parentheses, a module with `::`.
            let mut offered = offered.iter().map(|it| it.split(['(', ':', '…']).next());
            offered.any(|it| it == Some(word))
        };
        let missing: Vec<_> = words.split(' ').filter(|word| !is_offered(word)).collect();
        (!missing.is_empty()).then(|| format!("{fragment}\n    lacks {missing:?} in {offered:?}"))
    };
    none(rows.iter().filter_map(check));
}

fn defined(rows: &[(&str, &str)]) {
    let Some(mut editor) = editor() else { return };
    let check = |(fragment, line): &(&str, &str)| {
        editor.show(&program(fragment));
        let found = editor.definitions();
        let lines: Vec<_> = line.split(" & ").collect();
        let mut pairs = found.iter().zip(&lines);
        let is_led = found.len() == lines.len() && pairs.all(|(found, line)| found.contains(line));
        (!is_led).then(|| format!("{fragment}\n    leads to {found:#?}"))
    };
    none(rows.iter().filter_map(check));
}

fn diagnostics(editor: &mut Editor, fragment: &str) -> Vec<Diagnostic> {
    editor.show(&program(fragment));
    editor.diagnostics()
}

/// Fails with all that is not as it should be.
fn none(failures: impl Iterator<Item = String>) {
    let failures: Vec<_> = failures.collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
