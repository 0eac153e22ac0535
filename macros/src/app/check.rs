//! What `main` may not be, and which arguments do not go together.

use proc_macro::{TokenStream, TokenTree};

use super::args::{Args, find};
use super::stacked;
use super::values::Limit;
use crate::errors::{Errors, Mistake, Result, mistake};
use crate::features;
use crate::input::flat;
use crate::item::{Attribute, Body, Function};
use crate::values::unraw;

/// `token` shows what the item is instead.
pub(crate) fn not_a_function(token: Option<&TokenTree>) -> Mistake {
    let help = match token.map(ToString::to_string).as_deref() {
        Some("mod") => {
            "put the phases into the module and `#[app(start = module::start, run = module::run)]` \
             on `fn main();`"
        }
        Some("impl") => "put `#[app(start = Type::start, run = Type::run)]` on `fn main();`",
        _ => "declare `fn main();` and put the attribute on it",
    };
    mistake(&token, "`#[app]` goes on the `main` function", help)
}

/// Everything that keeps a function from being the `main` of an app.
pub(crate) fn main(main: &Function, errors: &mut Errors) {
    if unraw(&main.name) != "main" {
        let help = "rename it to `main`, or name it as a phase of `fn main();`";
        errors.add(&main.name, "`#[app]` goes on the `main` function", help);
    }
    for word in ["const", "unsafe", "extern"] {
        if let Some(keyword) = main.qualifier(word) {
            let help = format!("remove `{word}`");
            errors.add(keyword, &format!("`main` cannot be `{word}`"), &help);
        }
    }
    for generic in [&main.generics, &main.where_clause] {
        if !generic.is_empty() {
            let help = "remove this; a phase may be generic, such as `run = serve::<Tcp>`";
            errors.add(generic, "`main` cannot be generic", help);
        }
    }
    if !main.parameters.stream().is_empty() {
        let help = "read them in the body, with `std::env::args`, and return what `start` needs";
        errors.add(&main.parameters, "`main` takes no parameters", help);
    }
    let is_async = main.qualifier("async").is_some();
    for written in &main.attributes {
        errors.take(attribute(written, is_async));
    }
    errors.take(stacked::tokio_above(main).map_or(Ok(()), Err));
    errors.take(value(main));
}

/// Whether the attribute may stand below `#[app]`. `is_async` is whether `main` is.
pub(crate) fn attribute(attribute: &Attribute, is_async: bool) -> Result {
    if attribute.is("app") {
        let help = "join the two; a program is one app";
        return Err(mistake(attribute, "duplicate `#[app]`", help));
    }
    if attribute.is("shielded") {
        let help = "`start` and `stop` are shielded as they are; put `#[shielded]` on what else \
                    must not be cut";
        return Err(mistake(attribute, "`main` cannot be shielded", help));
    }
    stacked::runtime_first(attribute, is_async).map_or(Ok(()), Err)
}

/// What `main` returns, and from where.
fn value(main: &Function) -> Result {
    let output = flat(main.output.clone());
    if let Some(token) = output.iter().find(|token| token.to_string() == "ExitCode") {
        let problem = "the value of `main` is the configuration, not the exit code";
        let help = "return the `ExitCode` from `run` or `stop`; to leave early, return an `Err`";
        return Err(mistake(token, problem, help));
    }
    match &main.body {
        Body::Missing(semicolon) if !output.is_empty() => {
            let help = "write the body whose value `start` gets, or remove the return type";
            let problem = "a `main` that returns a value needs a body";
            Err(mistake(semicolon, problem, help))
        }
        _ => Ok(()),
    }
}

/// Everything that each argument for itself cannot know.
pub(crate) fn combination(args: &Args, errors: &mut Errors) {
    // After a mistake in an argument, what seems to be missing may be just that argument.
    let complete = errors.is_empty();
    let components = args.key("components");
    for key in ["start", "run", "stop"].map(|phase| args.key(phase)) {
        let (Some(key), Some(_)) = (key, components) else {
            continue;
        };
        let problem = format!("an app of components has no `{key}` of its own");
        let help = format!("make it a component's: `components(.., name({key}))`");
        errors.add(key, &problem, &help);
    }
    let work = args.key("start").or(args.key("run")).or(components);
    if complete && work.is_none() {
        let help = "name the function that does the work: `#[app(run)]`, or \
                    `#[app(run = path::to::function)]`";
        errors.add(&TokenStream::new(), "missing the `run` phase", help);
    }
    for (name, _) in &args.on {
        if find(&args.signals, &name.to_string()).is_some() {
            let help = "a signal either asks for the shutdown or calls a function; remove one";
            errors.add(name, &format!("`{name}` is in `signals`, too"), help);
        }
    }
    if let (Some(key), true) = (args.key("force_after"), complete) {
        let elsewhere = args.on.iter().any(|(name, _)| name.to_string() == "SIGINT");
        let listed = args.signals.is_empty() || find(&args.signals, "SIGINT").is_some();
        if elsewhere || !listed {
            let problem = "`force_after` counts SIGINT, which is no shutdown signal here";
            errors.add(key, problem, "add `SIGINT` to `signals`, or remove the key");
        }
    }
    let timeout = |phase: &str| {
        let mut limits = args.timeouts.iter();
        limits.find(|limit| limit.key.to_string() == phase)
    };
    let mut components = args.components.iter();
    let starts = args.key("start").is_some() || components.any(|it| it.function("start").is_some());
    if let (Some(Limit { key, .. }), false) = (timeout("start"), starts) {
        let example = if args.components.is_empty() {
            "start, .."
        } else {
            "components(name(start), ..)"
        };
        let help = format!("name the function, `#[app({example})]`, or remove the limit");
        errors.add(key, "there is no `start` phase to limit", &help);
    }
    let ends = [
        ("deadline", args.deadline.as_ref()),
        ("timeout(run)", timeout("run")),
    ];
    for (name, end) in ends {
        let (Some(drain), Some(end)) = (&args.drain, end) else {
            continue;
        };
        if end.length <= drain.length {
            let problem = format!("`drain` leaves nothing of `{name}`");
            let help = "both begin with the request, and `run` hears of it when `drain` is over; \
                        make `drain` shorter";
            errors.add(&drain.key, &problem, help);
        }
    }
}

/// What of the arguments that name an executor contradicts each other, or `main`.
pub(crate) fn executor(args: &Args, main: &Function, errors: &mut Errors) {
    let keys = ["flavor", "worker_threads", "block_on"].map(|name| args.key(name));
    let [flavor, threads, block_on] = keys;
    let is_async = main.qualifier("async");
    // Where another attribute has made the function, nobody knows what was written.
    if is_async.is_none() && !stacked::built_by_tokio(main) {
        for key in keys.into_iter().flatten() {
            let problem = format!("`{key}` is for an `async fn main`");
            errors.add(key, &problem, "write `async fn main`, or remove it");
        }
        return;
    }
    if block_on.is_some() {
        for key in flavor.into_iter().chain(threads) {
            let problem = format!("`{key}` is for tokio, and `block_on` names another executor");
            errors.add(key, &problem, "remove one of the two");
        }
        return;
    }
    if let (Some(keyword), false) = (is_async, features::TOKIO) {
        let help = "enable the feature `tokio` of `aplomb`, or name one: \
                    `block_on = smol::block_on`";
        errors.add(keyword, "an `async fn main` needs an executor", help);
    }
    if let (Some(key), true) = (threads, args.executor.is_current_thread()) {
        let problem = "`worker_threads` is for the flavor `multi_thread`";
        errors.add(key, problem, "remove it, or `flavor = \"current_thread\"`");
    }
}
