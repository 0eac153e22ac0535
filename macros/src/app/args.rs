//! The arguments of `#[app]`. Each is read by itself here; `check::combination` looks at all of them together.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprPath, LitInt, LitStr, Result, Token};

use super::components::Component;
use super::here;
use super::systemd::Systemd;
use crate::arguments::{
    PHASES, at_end, equals, flag, function, has, last_word, library, list, meant, nested, next,
    number, once, path, phase, phase_word, text, unknown_text, word,
};
use crate::editor;
use crate::errors::{Errors, mistake};
use crate::function::written;

const LISTS: &str = "components signals on timeout systemd";
const VALUES: &str = "deadline drain grace exit_wait explain limits observe report force_after exit reap_orphans terminal flavor worker_threads runtime block_on crate";
/// The keys of `VALUES` that are for an `async fn main`.
pub(super) const ASYNC: &str = "grace flavor worker_threads runtime block_on";

/// What other libraries call the three phases.
const SYNONYMS: [(&str, &str); 3] = [
    ("start", "init initialize setup open begin before startup"),
    ("run", "main serve work body execute loop"),
    ("stop", "shutdown cleanup teardown close end finish after"),
];

/// What other libraries call the options.
const OTHER_WORDS: [(&str, &str); 7] = [
    (
        "components",
        "component parts part services service modules",
    ),
    ("systemd", "notify sd_notify watchdog"),
    ("terminal", "tty termios"),
    ("flavor", "scheduler"),
    ("worker_threads", "threads workers"),
    ("runtime", "rt"),
    ("block_on", "executor"),
];

/// The signals that the library has a constant for; a test compares the two lists. What an app may do with a signal is
/// checked by the library.
const SIGNALS: &str = "SIGHUP SIGINT SIGQUIT SIGTERM SIGUSR1 SIGUSR2 SIGALRM SIGVTALRM SIGPROF SIGPIPE SIGIO SIGPWR \
                     SIGXCPU SIGXFSZ SIGCHLD SIGCONT SIGTSTP SIGTTIN SIGTTOU SIGURG SIGWINCH SIGABRT SIGBUS SIGFPE \
                     SIGILL SIGSEGV SIGSYS SIGTRAP SIGKILL SIGSTOP";

/// How many shutdown signals an app may have: the library keeps the order of arrival for so many.
const MOST_SIGNALS: usize = 8;

#[derive(Default)]
pub(super) struct Args {
    /// The keys that were written, also those whose value is a mistake.
    keys: Vec<Ident>,
    /// The phases: the key of each, and its function.
    pub(super) phases: Vec<(Ident, ExprPath)>,
    pub(super) components: Vec<Component>,
    pub(super) signals: Vec<Ident>,
    pub(super) on: Vec<(Ident, ExprPath)>,
    /// The phases that have a limit of their own.
    pub(super) timeouts: Vec<Ident>,
    /// Assignments to the fields of a `Limits` that is called `limits`.
    pub(super) limits: TokenStream,
    /// Whether one of these limits is computed when the program runs.
    pub(super) computes_limits: bool,
    /// The function that changes the limits by the value of the body.
    pub(super) change_limits: Option<ExprPath>,
    /// The function that is told what happens.
    pub(super) observe: Option<ExprPath>,
    /// The function that takes what would be printed.
    pub(super) report: Option<ExprPath>,
    pub(super) systemd: Option<Systemd>,
    /// A variant of `ExitPolicy`.
    pub(super) exit: Option<Ident>,
    /// Other fields of `Options`, with their values.
    pub(super) fields: TokenStream,
    pub(super) current_thread: bool,
    pub(super) worker_threads: Option<Literal>,
    pub(super) runtime: Option<ExprPath>,
    pub(super) block_on: Option<ExprPath>,
    pub(super) library: Option<ExprPath>,
    /// The hints for editors, see `editor`.
    pub(super) hints: TokenStream,
}

impl Args {
    pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        list(tokens.clone(), errors, |input, errors| {
            args.argument(input, errors)
        });
        args.hints = editor::app(tokens, args.library.as_ref());
        args
    }

    pub(super) fn phase(&self, name: &str) -> Option<&ExprPath> {
        let found = self.phases.iter().find(|(key, _)| key == name);
        found.map(|(_, function)| function)
    }

    pub(super) fn key(&self, name: &str) -> Option<&Ident> {
        self.keys.iter().find(|key| *key == name)
    }

    fn argument(&mut self, input: ParseStream, errors: &mut Errors) -> Result<()> {
        if input.peek(Token![::]) || input.peek2(Token![::]) {
            let path = path(input, "write `run = path::to::function`")?;
            return Err(path_without_key(&path));
        }
        let help = "write a phase, `start`, `run = path`, or an option, `drain = \"5s\"`";
        let key = word(input, "a phase or an option", help)?;
        let name = key.to_string();
        let help = match &*name {
            name if has(PHASES, name) => "one function for each phase; call the others from it",
            name if has(LISTS, name) => "join the two lists",
            name if has(VALUES, name) => "remove one of the two",
            _ => return Err(unknown(input, &key)),
        };
        once(&mut self.keys, &key, help)?;
        match &*name {
            "start" | "run" | "stop" => {
                let function = phase(input, &key)?;
                self.phases.push((key, function));
            }
            "components" => self.components = Component::list(input, &key, errors)?,
            "signals" => self.signals(input, &key, errors)?,
            "on" => self.on(input, &key, errors)?,
            "timeout" => self.timeouts(input, &key, errors)?,
            "systemd" => self.systemd = Some(Systemd::read(input, &key, errors)?),
            "deadline" => self.limit(&name, input, &key, "for no limit")?,
            "drain" => self.limit(&name, input, &key, "to cancel at once")?,
            "grace" => self.limit(&name, input, &key, "to wait for `run`")?,
            "exit_wait" => self.limit(&name, input, &key, "for ten seconds")?,
            "explain" => self.limit(
                &name,
                input,
                &key,
                "to explain no stop, or write `\"1ms\"` for each one",
            )?,
            "limits" => self.change_limits = Some(function(input, &key)?),
            "observe" => self.observe = Some(function(input, &key)?),
            "report" => self.report(input, &key)?,
            "force_after" => self.field(&name, &force_after(input, &key)?),
            "reap_orphans" => {
                flag(input, &key)?;
                self.field(&name, &quote_spanned!(here()=> true));
            }
            "terminal" => {
                restore(input, &key)?;
                self.field("restore_terminal", &quote_spanned!(here()=> true));
            }
            "exit" => self.exit = Some(exit(input, &key)?),
            "flavor" => self.current_thread = is_current_thread(input, &key)?,
            "worker_threads" => self.worker_threads = Some(worker_threads(input, &key)?),
            "runtime" => self.runtime = Some(function(input, &key)?),
            "block_on" => self.block_on = Some(function(input, &key)?),
            "crate" => self.library = Some(library(input, &key)?),
            _ => return Err(unknown(input, &key)),
        }
        Ok(())
    }

    fn field(&mut self, name: &str, value: &TokenStream) {
        let name = Ident::new(name, here());
        self.fields.extend(quote_spanned!(here()=> #name: #value,));
    }

    /// `= "10s"`, or `= EXPRESSION`, which is computed before the body of `main`. `field` is that of `Limits`, and
    /// `without` says what the app does if the key is left out.
    fn limit(&mut self, field: &str, input: ParseStream, key: &Ident, without: &str) -> Result<()> {
        let length = match length(input, key, without)? {
            Length::Written(length) => some(length),
            Length::Computed(expression) => {
                self.computes_limits = true;
                // The call has the place of the expression: otherwise rustc would show the whole attribute for a wrong
                // type.
                let place = here().located_at(expression.span());
                quote_spanned!(place=> ::core::option::Option::Some(#expression))
            }
        };
        let field = Ident::new(field, here());
        let limits = quote_spanned!(here()=> limits.#field = #length;);
        self.limits.extend(limits);
        Ok(())
    }

    /// `= "stderr"`, `= "off"` or `= path::to::function`
    fn report(&mut self, input: ParseStream, key: &Ident) -> Result<()> {
        if !(input.peek(Token![=]) && input.peek2(LitStr)) {
            self.report = Some(function(input, key)?);
            return Ok(());
        }
        let text = text(input, key, "off")?;
        match &*text.value() {
            "stderr" => {}
            "off" => self.field("says_nothing", &quote_spanned!(here()=> true)),
            _ => {
                let all = "write `\"stderr\"` (the default) or `\"off\"`, or the path to a function, without quotes";
                return Err(unknown_text(&text, "word", "stderr off", all));
            }
        }
        Ok(())
    }

    /// `signals(SIGINT, SIGTERM)`
    fn signals(&mut self, input: ParseStream, key: &Ident, errors: &mut Errors) -> Result<()> {
        nested(input, key, "SIGINT, SIGTERM", errors, |input, _| {
            let name = word(input, "the name of a signal", "write it as `SIGTERM`")?;
            known_signal(&name)?;
            once(&mut self.signals, &name, "remove one of the two")
        })?;
        if let Some(ninth) = self.signals.get(MOST_SIGNALS) {
            let problem = format!("more than {MOST_SIGNALS} shutdown signals");
            let help = "the order in which they come is kept for so many; leave one out";
            return Err(mistake(ninth, &problem, help));
        }
        Ok(())
    }

    /// `on(SIGHUP = reload)`
    fn on(&mut self, input: ParseStream, key: &Ident, errors: &mut Errors) -> Result<()> {
        let mut seen = Vec::new();
        let example = "SIGHUP = path::to::function";
        nested(input, key, example, errors, |input, _| {
            let name = word(input, "the name of a signal", "write it as `SIGHUP`")?;
            known_signal(&name)?;
            let help = "one function for each signal; call the other from it";
            once(&mut seen, &name, help)?;
            let function = function(input, &name)?;
            self.on.push((name, function));
            Ok(())
        })
    }

    /// `timeout(start = "30s", run = "10s", stop = "20s")`
    fn timeouts(&mut self, input: ParseStream, key: &Ident, errors: &mut Errors) -> Result<()> {
        let example = "run = \"10s\", stop = \"20s\"";
        nested(input, key, example, errors, |input, _| {
            let help = "write `timeout(run = \"10s\")`, or `deadline = \"10s\"` for all phases";
            let phase = phase_word(input, help)?;
            once(&mut self.timeouts, &phase, "remove one of the two")?;
            self.limit(&format!("timeout_{phase}"), input, &phase, "for no limit")
        })
    }
}

/// Refuses a word that is not the name of a signal. rustc would find such a word as well, but could not say what was
/// meant.
fn known_signal(name: &Ident) -> Result<()> {
    let written = name.to_string();
    if has(SIGNALS, &written) {
        return Ok(());
    }
    let upper = written.to_uppercase();
    let short = upper.strip_prefix("SIG").unwrap_or(&upper);
    let otherwise = "signals have their POSIX names, such as `SIGTERM`";
    let help = meant(&format!("SIG{short}"), SIGNALS, otherwise);
    Err(mistake(name, &format!("unknown signal `{name}`"), &help))
}

/// The mistake of an argument `module::start`, which does not say which phase the function is.
fn path_without_key(path: &ExprPath) -> Error {
    let last = last_word(path).map(Ident::to_string);
    let phase = last
        .filter(|last| has(PHASES, last))
        .unwrap_or("run".into());
    let help = format!("say which phase it is: `{phase} = {}`", written(path));
    mistake(path, "expected a phase or an option, found a path", &help)
}

fn unknown(input: ParseStream, key: &Ident) -> Error {
    let name = key.to_string();
    let keys = format!("{PHASES} {LISTS} {VALUES}");
    let help = if let Some((phase, _)) = SYNONYMS.iter().find(|(_, words)| has(words, &name)) {
        let function = function(input, key).map_or(name, |path| written(&path));
        format!("to run it as the {phase} phase write `{phase} = {function}`")
    } else if let Some((known, _)) = OTHER_WORDS.iter().find(|(_, words)| has(words, &name)) {
        format!("did you mean `{known}`?")
    } else {
        let all = format!("the keys are `{}`", keys.replace(' ', "`, `"));
        meant(&name, &keys, &all)
    };
    mistake(key, &format!("unknown argument `{key}`"), &help)
}

/// Whether the argument consists of one token of this kind.
fn ends_after<T: Parse>(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.parse::<T>().is_ok() && at_end(&ahead)
}

/// How long something may take.
pub(super) enum Length {
    /// A text, as a `Duration`.
    Written(TokenStream),
    /// An expression of the type `Duration`.
    Computed(Expr),
}

impl Length {
    /// The place of an expression. A text is ours when it is a `Duration`.
    pub(super) fn span(&self) -> Span {
        match self {
            Length::Written(_) => here(),
            Length::Computed(expression) => expression.span(),
        }
    }
}

impl ToTokens for Length {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Length::Written(length) => length.to_tokens(tokens),
            Length::Computed(expression) => expression.to_tokens(tokens),
        }
    }
}

/// `= "10s"`, or `= EXPRESSION`. `without` says what the app does if the key is left out.
pub(super) fn length(input: ParseStream, key: &Ident, without: &str) -> Result<Length> {
    equals(input, key, "\"10s\"")?;
    if ends_after::<LitStr>(input) {
        let length = literal_length(&input.parse()?, key, without)?;
        return Ok(Length::Written(length));
    }
    if ends_after::<LitInt>(input) {
        let number = next(input).into_token_stream();
        let help = format!("write it with its unit: `{key} = \"{number}s\"`");
        let problem = "expected a duration, found a number";
        return Err(mistake(number, problem, &help));
    }
    let first = next(input);
    let expression = input.parse::<Expr>();
    let expression = expression.map_err(|_| {
        let help =
            format!("write it out, `{key} = \"10s\"`, or an expression of the type `Duration`");
        mistake(first, "expected a duration", &help)
    })?;
    Ok(Length::Computed(expression))
}

/// `"10s"`, as a `Duration`. `without` says what the app does if the key is left out.
fn literal_length(text: &LitStr, key: &Ident, without: &str) -> Result<TokenStream> {
    let length = milliseconds(text)?;
    if length == 0 {
        let help = format!("leave `{key}` out {without}");
        return Err(mistake(text, "this duration is zero", &help));
    }
    let length = literal(Literal::u64_unsuffixed(length));
    Ok(quote_spanned!(here()=> ::core::time::Duration::from_millis(#length)))
}

/// `= 3`, as a `Some` of the number.
fn force_after(input: ParseStream, key: &Ident) -> Result<TokenStream> {
    equals(input, key, "3")?;
    let help = "write which SIGINT ends the process at once, a number from 2 to 255";
    let (number, value) = number(input, help)?;
    match value {
        Some(count @ 2..=255) => Ok(some(literal(Literal::u16_unsuffixed(count)))),
        Some(1) => {
            let problem = "the first SIGINT asks for the shutdown, it cannot force it";
            let help = "count from the second: `force_after = 2`";
            Err(mistake(number, problem, help))
        }
        _ => Err(out_of_range(&number, help)),
    }
}

fn out_of_range(number: &TokenStream, help: &str) -> Error {
    mistake(
        number,
        &format!("`{}` is out of range", written(number)),
        help,
    )
}

fn literal(mut literal: Literal) -> Literal {
    literal.set_span(here());
    literal
}

/// `Some(value)`
pub(super) fn some(value: impl ToTokens) -> TokenStream {
    quote_spanned!(here()=> ::core::option::Option::Some(#value))
}

/// `= "signal"`, `= "code"` or `= "success"`, as a variant of `ExitPolicy`.
fn exit(input: ParseStream, key: &Ident) -> Result<Ident> {
    let text = text(input, key, "code")?;
    let variant = match &*text.value() {
        "signal" => "Signal",
        "code" => "Code",
        "success" => "Success",
        _ => {
            let help = "write `\"signal\"` (to die of the signal, the default), `\"code\"` (to exit \
                        with 128 + its number) or `\"success\"` (to exit with 0)";
            let problem = format!("unknown exit {}", text.token());
            return Err(mistake(&text, &problem, help));
        }
    };
    Ok(Ident::new(variant, here()))
}

/// `= "restore"`
fn restore(input: ParseStream, key: &Ident) -> Result<()> {
    let text = text(input, key, "restore")?;
    if text.value() == "restore" {
        return Ok(());
    }
    let help = "write `terminal = \"restore\"`, or leave it out, and the modes stay as they are at the end";
    let problem = format!("unknown word {}", text.token());
    Err(mistake(&text, &problem, help))
}

/// `= "multi_thread"` or `= "current_thread"`
fn is_current_thread(input: ParseStream, key: &Ident) -> Result<bool> {
    let text = text(input, key, "current_thread")?;
    match &*text.value() {
        "multi_thread" => Ok(false),
        "current_thread" => Ok(true),
        _ => {
            let all = "write `\"multi_thread\"` (the default) or `\"current_thread\"`";
            let list = "multi_thread current_thread";
            Err(unknown_text(&text, "flavor", list, all))
        }
    }
}

/// `= 4`
fn worker_threads(input: ParseStream, key: &Ident) -> Result<Literal> {
    equals(input, key, "4")?;
    let help = "write how many threads there shall be, a number from 1 to 65535, or leave it out \
                for one for each core";
    let (number, value) = number(input, help)?;
    match value {
        Some(count @ 1..) => Ok(literal(Literal::u16_unsuffixed(count))),
        _ => Err(out_of_range(&number, help)),
    }
}

/// The units of a duration, with their lengths in milliseconds, in the order in which they are written.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// `"250ms"`, `"10s"`, `"1m30s"`, `"2h"`: whole numbers with units, the largest unit first.
fn milliseconds(text: &LitStr) -> Result<u64> {
    let written = text.value();
    if let Some(length) = sum_of_units(&written) {
        return u64::try_from(length).map_err(|_| {
            let help = format!("the longest is `\"{}h\"`", u64::MAX / UNITS[0].1);
            mistake(text, "this duration is too long", &help)
        });
    }
    let is_number = !written.is_empty() && written.chars().all(|c| c.is_ascii_digit());
    let help = if is_number {
        format!("add the unit: `\"{written}s\"` or `\"{written}ms\"`")
    } else {
        "write whole numbers with the units `h`, `m`, `s`, `ms`, the largest first, such as \
         `\"1m30s\"` or `\"250ms\"`"
            .into()
    };
    let problem = format!("expected a duration, found {}", text.token());
    Err(mistake(text, &problem, &help))
}

/// The length in milliseconds. What is too long for that is as long as can be.
fn sum_of_units(written: &str) -> Option<u128> {
    // Each unit is searched for behind the unit before it. So the units are in order, and none comes twice.
    let mut units = UNITS.iter();
    let mut sum: Option<u128> = None;
    let mut rest = written;
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let end = tail
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let (_, scale) = units.find(|(known, _)| *known == unit)?;
        if number.is_empty() {
            return None;
        }
        let number = number.parse::<u128>().unwrap_or(u128::MAX);
        let part = number.saturating_mul((*scale).into());
        sum = Some(sum.unwrap_or(0).saturating_add(part));
        rest = tail;
    }
    sum
}
