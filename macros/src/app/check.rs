//! What `main` may not be, and which arguments do not go together.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Meta, MetaNameValue, Result, Safety, Token};

use super::args::{ASYNC, Args, Limit};
use crate::arguments::has;
use crate::errors::{Errors, mistake};
use crate::function::{Body, Function, ends_in, written};

/// `token` shows what the item is instead.
pub(super) fn not_a_function(token: Option<&TokenTree>) -> Error {
    let help = match token.map(ToString::to_string).as_deref() {
        Some("mod") => {
            "put the phases into the module and `#[app(start = module::start, run = module::run)]` \
             on `fn main();`"
        }
        Some("impl") => "put `#[app(start = Type::start, run = Type::run)]` on `fn main();`",
        _ => "declare `fn main();` and put the attribute on it",
    };
    mistake(token, "`#[app]` goes on the `main` function", help)
}

/// Everything that keeps a function from being the `main` of an app.
pub(super) fn main(main: &Function, errors: &mut Errors) {
    let signature = &main.signature;
    let name = &signature.ident;
    if name.unraw() != "main" {
        let help = format!(
            "a program is one app, at `main`: rename this, or name it as a phase there, `#[app(run = {name})]`"
        );
        errors.add(name, "`#[app]` goes on the `main` function", &help);
    }
    let is_unsafe = !matches!(signature.safety, Safety::Default);
    let abi = signature.abi.as_ref().map(|abi| &abi.extern_token);
    for keyword in [
        signature.constness.to_token_stream(),
        is_unsafe.then_some(&signature.safety).to_token_stream(),
        abi.to_token_stream(),
    ] {
        if !keyword.is_empty() {
            let problem = format!("`main` cannot be `{keyword}`");
            errors.add(&keyword, &problem, &format!("remove `{keyword}`"));
        }
    }
    let generics = [
        signature.generics.to_token_stream(),
        signature.generics.where_clause.to_token_stream(),
    ];
    for generic in generics {
        if !generic.is_empty() {
            let help = "remove this; a phase may be generic, such as `run = serve::<Tcp>`";
            errors.add(generic, "`main` cannot be generic", help);
        }
    }
    if !signature.inputs.is_empty() {
        let mut parameters = TokenStream::new();
        let inputs = &signature.inputs;
        signature
            .paren_token
            .surround(&mut parameters, |tokens| inputs.to_tokens(tokens));
        let help = "read them in the body, with `std::env::args`, and return what `start` needs";
        errors.add(parameters, "`main` takes no parameters", help);
    }
    for written in &main.attributes {
        errors.take(attribute(written, signature.asyncness.is_some()));
    }
    errors.take(tokio_above(main));
    errors.take(value(main));
}

/// Whether the attribute may stand below `#[app]`. `is_async` is whether `main` is.
pub(super) fn attribute(attribute: &Attribute, is_async: bool) -> Result<()> {
    if ends_in(attribute.path(), "app") {
        let help = "join the two; a program is one app";
        return Err(mistake(attribute, "duplicate `#[app]`", help));
    }
    if ends_in(attribute.path(), "shielded") {
        let help = "`start` and `stop` are shielded as they are; put `#[shielded]` on what else \
                    must not be cut";
        return Err(mistake(attribute, "`main` cannot be shielded", help));
    }
    makes_a_main(attribute, is_async)
}

/// Refuses an attribute that writes a `main` of its own, which would build a runtime around the whole app: the last
/// word of its path is `main`, or that of a macro which it applies, as in `#[apply(smol_macros::main!)]`.
fn makes_a_main(attribute: &Attribute, is_async: bool) -> Result<()> {
    let arguments = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let applied = written(&arguments);
    if ends_in(attribute.path(), "main") {
        return Err(refused(
            attribute,
            &written(attribute.path()),
            arguments,
            is_async,
        ));
    }
    if applied == "main!" || applied.ends_with("::main!") {
        let name = format!("{}({applied})", written(attribute.path()));
        return Err(refused(attribute, &name, TokenStream::new(), is_async));
    }
    Ok(())
}

fn refused(at: impl ToTokens, name: &str, arguments: TokenStream, is_async: bool) -> Error {
    let problem = format!("`#[{name}]` would build its runtime around the whole app");
    let also = if is_async {
        ""
    } else {
        ", and write `async fn main`"
    };
    let help = match keys_of_ours(arguments) {
        Some(keys) => format!("remove it{also}, and `{keys}` in `#[app(..)]`"),
        None => format!(
            "remove it{also}: under `#[app]` an `async fn main` runs on tokio by itself, or as `flavor`, \
             `worker_threads` or `block_on = path::to::block_on` say"
        ),
    };
    mistake(at, &problem, &help)
}

/// Those of the arguments of such an attribute that are ours, too, as in `#[tokio::main(flavor = "current_thread")]`.
fn keys_of_ours(arguments: TokenStream) -> Option<String> {
    let arguments = Punctuated::<MetaNameValue, Token![,]>::parse_terminated
        .parse2(arguments)
        .ok()?;
    let is_ours = |argument: &&MetaNameValue| {
        argument
            .path
            .get_ident()
            .is_some_and(|key| has(ASYNC, &key.to_string()))
    };
    let ours = arguments.iter().filter(is_ours).map(|argument| {
        let MetaNameValue { path, value, .. } = argument;
        format!("{} = {}", written(path), written(value))
    });
    let ours = ours.collect::<Vec<_>>().join(", ");
    (!ours.is_empty()).then_some(ours)
}

/// Refuses a `main` that `#[tokio::main]` has already made, where that stands above `#[app]`. It has taken the `async`
/// away, and its runtime would be built before any handler stands. No attribute is left to be seen then, and nothing
/// else would tell: so this is the one place that knows another crate's words.
fn tokio_above(main: &Function) -> Result<()> {
    if made_by_tokio(main) {
        return Err(refused(
            TokenStream::new(),
            "tokio::main",
            TokenStream::new(),
            true,
        ));
    }
    Ok(())
}

fn made_by_tokio(main: &Function) -> bool {
    let body = main.body.to_token_stream().to_string();
    body.contains("\"Failed building the Runtime\"")
}

/// What `main` returns, and from where.
fn value(main: &Function) -> Result<()> {
    let Some(output) = main.output() else {
        return Ok(());
    };
    if let Some(word) = find_word(output.to_token_stream(), "ExitCode") {
        let problem = "the value of `main` is the configuration, not the exit code";
        let help = "return the `ExitCode` from `run` or `stop`; to leave early, return an `Err`";
        return Err(mistake(word, problem, help));
    }
    if let Body::Missing(semicolon) = &main.body {
        let help = "write the body whose value `start` gets, or remove the return type";
        let problem = "a `main` that returns a value needs a body";
        return Err(mistake(semicolon, problem, help));
    }
    Ok(())
}

fn find_word(tokens: TokenStream, wanted: &str) -> Option<TokenTree> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => find_word(group.stream(), wanted),
        token => (token.to_string() == wanted).then_some(token),
    })
}

/// Everything that each argument for itself cannot know.
pub(super) fn combination(args: &Args, errors: &mut Errors) {
    // After a mistake in an argument, what seems to be missing may be just that argument.
    let complete = errors.is_empty();
    let components = args.key("components");
    let phases = ["start", "run", "stop"].map(|phase| args.key(phase));
    for key in phases
        .into_iter()
        .flatten()
        .filter(|_| components.is_some())
    {
        let problem = format!("an app of components has no `{key}` of its own");
        let help = format!("make it a component's: `components(.., name({key}))`");
        errors.add(key, &problem, &help);
    }
    let work = args.key("start").or(args.key("run")).or(components);
    if complete && work.is_none() {
        let help = "name the function that does the work: `#[app(run)]`, or \
                    `#[app(run = path::to::function)]`";
        errors.add(TokenStream::new(), "missing the `run` phase", help);
    }
    for (name, _) in args
        .on
        .iter()
        .filter(|(name, _)| args.signals.contains(name))
    {
        let help = "a signal either asks for the shutdown or calls a function; remove one";
        errors.add(name, &format!("`{name}` is in `signals`, too"), help);
    }
    if let (Some(key), true) = (args.key("force_after"), complete) {
        let elsewhere = args.on.iter().any(|(name, _)| name == "SIGINT");
        let listed = args.signals.is_empty() || args.signals.iter().any(|name| name == "SIGINT");
        if elsewhere || !listed {
            let problem = "`force_after` counts SIGINT, which is no shutdown signal here";
            errors.add(key, problem, "add `SIGINT` to `signals`, or remove the key");
        }
    }
    let mut components = args.components.iter();
    let starts = args.key("start").is_some() || components.any(|it| it.function("start").is_some());
    if let (Some(Limit { key, .. }), false) = (args.timeout("start"), starts) {
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
        ("timeout(run)", args.timeout("run")),
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
pub(super) fn executor(args: &Args, main: &Function, errors: &mut Errors) {
    let keys = ["flavor", "worker_threads", "block_on"].map(|name| args.key(name));
    let [flavor, threads, block_on] = keys;
    let is_async = main.signature.asyncness;
    // Where another attribute has made the function, nobody knows what was written.
    if is_async.is_none() && !made_by_tokio(main) {
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
    if let (Some(keyword), false) = (is_async, cfg!(feature = "tokio")) {
        let help = "enable the feature `tokio` of `aplomb`, or name one: \
                    `block_on = smol::block_on`";
        errors.add(keyword, "an `async fn main` needs an executor", help);
    }
    if let (Some(key), true) = (threads, args.current_thread) {
        let problem = "`worker_threads` is for the flavor `multi_thread`";
        errors.add(key, problem, "remove it, or `flavor = \"current_thread\"`");
    }
}
