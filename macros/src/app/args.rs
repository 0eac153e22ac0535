//! The arguments of `#[app]`, each read by itself; `check::combination` looks at all of them.

use proc_macro::{Ident, TokenStream};

use super::components::{self, Component};
use super::executor::Executor;
use super::values::{Limit, exit, flag, force_after, limit, phase};
use crate::errors::{Errors, Mistake, Result, mistake};
use crate::grammar::{self, word};
use crate::input::Input;
use crate::tokens::ToTokens;
use crate::values::Path;
use crate::vocabulary::{self, has, nearest};

pub(super) const PHASES: &str = "start run stop";
const LISTS: &str = "components signals on timeout";
const VALUES: &str = "deadline drain force_after exit crate";
const FLAGS: &str = "reap_orphans";
/// Those of an `async fn main`.
const ASYNC: &str = "flavor worker_threads block_on";

/// What other libraries call the three phases.
const SYNONYMS: [(&str, &str); 3] = [
    ("start", "init initialize setup open begin before startup"),
    ("run", "main serve work body execute loop"),
    ("stop", "shutdown cleanup teardown close end finish after"),
];

/// What other libraries call the options.
const OTHER_WORDS: [(&str, &str); 4] = [
    (
        "components",
        "component parts part services service modules",
    ),
    ("flavor", "runtime rt scheduler"),
    ("worker_threads", "threads workers"),
    ("block_on", "executor"),
];

/// As many as the order of their arrival is remembered for.
const MOST_SIGNALS: usize = 8;

#[derive(Default)]
pub(crate) struct Args {
    /// The keys that were written, also those whose value is a mistake.
    keys: Vec<Ident>,
    pub(crate) start: Option<Path>,
    pub(crate) run: Option<Path>,
    pub(crate) stop: Option<Path>,
    pub(crate) components: Vec<Component>,
    pub(crate) signals: Vec<Ident>,
    pub(crate) on: Vec<(Ident, Path)>,
    pub(crate) timeouts: Vec<Limit>,
    pub(crate) deadline: Option<Limit>,
    pub(crate) drain: Option<Limit>,
    pub(crate) force_after: Option<u8>,
    pub(crate) reap_orphans: bool,
    /// A variant of `Exit`.
    pub(crate) exit: Option<Ident>,
    pub(super) executor: Executor,
    pub(crate) library: Option<Path>,
}

impl Args {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        grammar::list(tokens, errors, |input, errors| args.argument(input, errors));
        args
    }

    pub(crate) fn key(&self, name: &str) -> Option<&Ident> {
        find(&self.keys, name)
    }

    fn argument(&mut self, input: &mut Input, errors: &mut Errors) -> Result {
        if input.at("::") || input.at_second("::") {
            let path = grammar::whole_path(input, "write `run = path::to::function`")?;
            return Err(path_without_key(&path));
        }
        let help = "write a phase, `start`, `run = path`, or an option, `drain = \"5s\"`";
        let key = word(input, "a phase or an option", help)?;
        let name = key.to_string();
        if has(PHASES, &name) {
            let help = "one function for each phase; call the others from it";
            once(&mut self.keys, &key, help, errors);
        } else if has(LISTS, &name) {
            once(&mut self.keys, &key, "join the two lists", errors);
        } else if [VALUES, FLAGS, ASYNC].iter().any(|keys| has(keys, &name)) {
            once(&mut self.keys, &key, "remove one of the two", errors);
        }
        match &*name {
            "start" => self.start = Some(phase(input, &key)?),
            "run" => self.run = Some(phase(input, &key)?),
            "stop" => self.stop = Some(phase(input, &key)?),
            "components" => self.components = components::list(input, &key, errors)?,
            "signals" => self.signals(input, &key, errors)?,
            "on" => self.on(input, &key, errors)?,
            "timeout" => self.timeout(input, &key, errors)?,
            "deadline" => self.deadline = Some(limit(input, key, "for no limit")?),
            "drain" => self.drain = Some(limit(input, key, "to cancel at once")?),
            "force_after" => self.force_after = Some(force_after(input, &key)?),
            "exit" => self.exit = Some(exit(input, &key)?),
            "reap_orphans" => {
                self.reap_orphans = true;
                flag(input, &key)?;
            }
            name if has(ASYNC, name) => self.executor.argument(input, &key)?,
            "crate" => self.library = Some(grammar::library(input, &key)?),
            _ => return Err(unknown(input, &key)),
        }
        Ok(())
    }

    /// `signals(SIGINT, SIGTERM)`
    fn signals(&mut self, input: &mut Input, key: &Ident, errors: &mut Errors) -> Result {
        grammar::nested(input, key, "SIGINT, SIGTERM", errors, |input, errors| {
            let name = word(input, "the name of a signal", "write it as `SIGTERM`")?;
            once(&mut self.signals, &name, "remove one of the two", errors);
            vocabulary::shutdown_signal(&name)
        })?;
        if let Some(ninth) = self.signals.get(MOST_SIGNALS) {
            let problem = format!("more than {MOST_SIGNALS} shutdown signals");
            let help = "the order in which they come is kept for so many; leave one out";
            return Err(mistake(ninth, &problem, help));
        }
        Ok(())
    }

    /// `on(SIGHUP = reload)`
    fn on(&mut self, input: &mut Input, key: &Ident, errors: &mut Errors) -> Result {
        let mut seen = Vec::new();
        let example = "SIGHUP = path::to::function";
        grammar::nested(input, key, example, errors, |input, errors| {
            let name = word(input, "the name of a signal", "write it as `SIGHUP`")?;
            let help = "one function for each signal; call the other from it";
            once(&mut seen, &name, help, errors);
            errors.take(vocabulary::signal(&name));
            let function = grammar::function(input, &name)?;
            self.on.push((name, function));
            Ok(())
        })
    }

    /// `timeout(start = "30s", run = "10s", stop = "20s")`
    fn timeout(&mut self, input: &mut Input, key: &Ident, errors: &mut Errors) -> Result {
        let mut seen = Vec::new();
        let example = "run = \"10s\", stop = \"20s\"";
        grammar::nested(input, key, example, errors, |input, errors| {
            let help = "write `timeout(run = \"10s\")`, or `deadline = \"10s\"` for all phases";
            let phase = word(input, "a phase", help)?;
            if !has(PHASES, &phase.to_string()) {
                return Err(unknown_phase(&phase));
            }
            once(&mut seen, &phase, "remove one of the two", errors);
            self.timeouts.push(limit(input, phase, "for no limit")?);
            Ok(())
        })
    }
}

pub(super) fn find<'a>(words: &'a [Ident], wanted: &str) -> Option<&'a Ident> {
    words.iter().find(|word| word.to_string() == wanted)
}

/// Notes that `word` was written; a second time is a mistake.
pub(super) fn once(seen: &mut Vec<Ident>, word: &Ident, help: &str, errors: &mut Errors) {
    if find(seen, &word.to_string()).is_some() {
        errors.add(word, &format!("duplicate `{word}`"), help);
    } else {
        seen.push(word.clone());
    }
}

pub(super) fn unknown_phase(word: &Ident) -> Mistake {
    let problem = format!("unknown phase `{word}`");
    mistake(word, &problem, "the phases are `start`, `run`, `stop`")
}

/// `module::start` alone: nothing says which phase it is.
fn path_without_key(path: &Path) -> Mistake {
    let last = path.last.to_string();
    let phase = if has(PHASES, &last) { &last } else { "run" };
    let help = format!("say which phase it is: `{phase} = {}`", written(path));
    mistake(path, "expected a phase or an option, found a path", &help)
}

fn unknown(input: &mut Input, key: &Ident) -> Mistake {
    let name = key.to_string();
    let keys = format!("{PHASES} {LISTS} {VALUES} {FLAGS} {ASYNC}");
    let help = if let Some((phase, _)) = SYNONYMS.iter().find(|(_, words)| has(words, &name)) {
        let function = grammar::function(input, key).map_or(name, |path| written(&path));
        format!("to run it as the {phase} phase write `{phase} = {function}`")
    } else if let Some(known) = OTHER_WORDS.iter().find(|(_, words)| has(words, &name)) {
        format!("did you mean `{}`?", known.0)
    } else if let Some(known) = nearest(&name, &keys) {
        format!("did you mean `{known}`?")
    } else {
        format!("the keys are `{}`", keys.replace(' ', "`, `"))
    };
    mistake(key, &format!("unknown argument `{key}`"), &help)
}

pub(super) fn written(path: &Path) -> String {
    path.to_tokens().to_string().replace(' ', "")
}
