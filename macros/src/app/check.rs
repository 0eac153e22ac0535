//! The mistakes in `main`, and arguments that contradict each other.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Meta, MetaNameValue, Result, Signature, Token};

use super::args::{ASYNC, Args};
use crate::arguments::{PHASES, has};
use crate::errors::{Errors, mistake};
use crate::function::{Function, ends_in, written};

/// The mistake of an item that is not a function. Its first token shows what it is.
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

/// Looks for everything that keeps a function from being the `main` of an app.
pub(super) fn main(main: &Function, errors: &mut Errors) {
    let Signature {
        constness,
        safety,
        abi,
        ident,
        generics,
        inputs,
        ..
    } = &main.signature;
    let help = format!(
        "a program is one app, at `main`: rename this, or name it as a phase there, `#[app(run = {ident})]`"
    );
    let name = Some(ident).filter(|name| name.unraw() != "main");
    errors.refuse(name, "`#[app]` goes on the `main` function", &help);
    errors.refuse(constness, "`main` cannot be `const`", "remove `const`");
    errors.refuse(safety, "`main` cannot be `unsafe`", "remove `unsafe`");
    let word = abi.as_ref().map(|abi| abi.extern_token);
    errors.refuse(word, "`main` cannot be `extern`", "remove `extern`");
    let help = "remove this; a phase may be generic, such as `run = serve::<Tcp>`";
    errors.refuse(generics, "`main` cannot be generic", help);
    errors.refuse(&generics.where_clause, "`main` cannot be generic", help);
    let help = "read them in the body, with `std::env::args`, and return what `start` needs";
    errors.refuse(inputs, "`main` takes no parameters", help);
    for attribute in &main.attributes {
        errors.take(self::attribute(
            attribute,
            main.signature.asyncness.is_some(),
        ));
    }
    if made_by_tokio(main) {
        let nowhere = TokenStream::new();
        errors.push(refused(&nowhere, "tokio::main", nowhere.clone(), true));
    }
    value(main, errors);
}

/// Whether the attribute may stand below `#[app]`. `is_async` is whether `main` is.
pub(super) fn attribute(attribute: &Attribute, is_async: bool) -> Result<()> {
    if ends_in(attribute.path(), "app") {
        let help = "join the two; a program is one app";
        return Err(mistake(attribute, "duplicate `#[app]`", help));
    }
    if ends_in(attribute.path(), "shielded") {
        return Err(mistake(attribute, SHIELDED_MAIN, SHIELD_THE_REST));
    }
    makes_a_main(attribute, is_async)
}

pub(crate) const SHIELDED_MAIN: &str = "`main` cannot be shielded";
pub(crate) const SHIELD_THE_REST: &str = "`start` and `stop` are shielded as they are; put `#[shielded]` on what else must \
                                          not be cut";

/// Refuses an attribute that writes a `main` of its own, since that would build a runtime around the whole app, before
/// the handlers are installed. Such an attribute is known by the last word of its path, which is `main`, or by the last
/// word of the macro that it applies, as in `#[apply(smol_macros::main!)]`.
fn makes_a_main(attribute: &Attribute, is_async: bool) -> Result<()> {
    let arguments = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let (mut name, applied) = (written(attribute.path()), written(&arguments));
    if applied == "main!" || applied.ends_with("::main!") {
        name = format!("{name}({applied})");
    } else if !ends_in(attribute.path(), "main") {
        return Ok(());
    }
    Err(refused(attribute, &name, arguments, is_async))
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
             `worker_threads`, `runtime` or `block_on = path::to::block_on` say"
        ),
    };
    mistake(at, &problem, &help)
}

/// The arguments of another attribute's that `#[app]` has as well, as in `#[tokio::main(flavor = "current_thread")]`.
fn keys_of_ours(arguments: TokenStream) -> Option<String> {
    let list = Punctuated::<MetaNameValue, Token![,]>::parse_terminated;
    let mut ours = Vec::new();
    for MetaNameValue { path, value, .. } in list.parse2(arguments).ok()? {
        let key = written(&path);
        if has(ASYNC, &key) {
            ours.push(format!("{key} = {}", written(&value)));
        }
    }
    (!ours.is_empty()).then(|| ours.join(", "))
}

/// Whether `#[tokio::main]` has made this `main`, since it stands above `#[app]`.
///
/// That attribute has removed itself and the `async`, and would build its runtime before the handlers are installed.
/// Only the body that it has written tells of it. So this is the one place that knows the text of another crate.
fn made_by_tokio(main: &Function) -> bool {
    let body = main.body().to_string();
    body.contains("\"Failed building the Runtime\"")
}

/// Checks what `main` returns: not an exit code, and only from a body.
fn value(main: &Function, errors: &mut Errors) {
    let Some(output) = main.output() else { return };
    let code = find_word(output.to_token_stream(), "ExitCode");
    let semicolon = main.semicolon.filter(|_| code.is_none());
    let problem = "the value of `main` is the configuration, not the exit code";
    let help = "return the `ExitCode` from `run` or `stop`; to leave early, return an `Err`, \
                or call `std::process::exit(0)` where nothing has failed";
    errors.refuse(code, problem, help);
    let help = "write the body whose value `start` gets, or remove the return type";
    errors.refuse(
        semicolon,
        "a `main` that returns a value needs a body",
        help,
    );
}

fn find_word(tokens: TokenStream, wanted: &str) -> Option<TokenTree> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => find_word(group.stream(), wanted),
        token => (token.to_string() == wanted).then_some(token),
    })
}

/// Looks for mistakes that show only when all arguments are known.
pub(super) fn combination(args: &Args, errors: &mut Errors) {
    let components = args.key("components");
    // Not after a mistake: the argument that seems to be missing may be the one that could not be read.
    let works = args.key("start").or(args.key("run")).or(components);
    if errors.is_empty() && works.is_none() {
        let help = "name the function that does the work: `#[app(run)]`, or \
                    `#[app(run = path::to::function)]`";
        errors.add(TokenStream::new(), "missing the `run` phase", help);
    }
    for phase in PHASES.split(' ') {
        let key = args.key(phase).filter(|_| components.is_some());
        let problem = format!("an app of components has no `{phase}` of its own");
        let help = format!("make it a component's: `components(.., name({phase}))`");
        errors.refuse(key, &problem, &help);
    }
    let key = args.key("systemd").filter(|_| !cfg!(feature = "systemd"));
    let problem = "`systemd` needs the feature of that name";
    let help = "enable the feature `systemd` of `aplomb`, or remove the key";
    errors.refuse(key, problem, help);
    for (name, _) in &args.on {
        let twice = args.signals.iter().any(|signal| signal == name);
        let help = "a signal either asks for the shutdown or calls a function; remove one";
        let problem = format!("`{name}` is in `signals`, too");
        errors.refuse(twice.then_some(name), &problem, help);
    }
    let mut starts = args.components.iter().map(|it| it.function("start"));
    let starts = args.key("start").is_some() || starts.any(|start| start.is_some());
    let limited = args.timeouts.iter().find(|phase| *phase == "start");
    let example = match components {
        Some(_) => "components(name(start), ..)",
        None => "start, ..",
    };
    let help = format!("name the function, `#[app({example})]`, or remove the limit");
    let problem = "there is no `start` phase to limit";
    errors.refuse(limited.filter(|_| !starts), problem, &help);
}

/// Looks for arguments about the executor that contradict each other, or `main`.
pub(super) fn executor(args: &Args, main: &Function, errors: &mut Errors) {
    let [flavor, threads, runtime, block_on] =
        ["flavor", "worker_threads", "runtime", "block_on"].map(|key| args.key(key));
    let keyword = main.signature.asyncness;
    // A function that `#[tokio::main]` has made was an `async fn main` when the user wrote it.
    if keyword.is_none() && !made_by_tokio(main) {
        for key in [flavor, threads, runtime, block_on].into_iter().flatten() {
            let problem = format!("`{key}` is for an `async fn main`");
            errors.add(key, &problem, "write `async fn main`, or remove it");
        }
        let problem = "`grace` is for an `async fn main`";
        let help = "a `run` of threads cannot be dropped; write `async fn main`, or limit it by `timeout(run = \"10s\")`";
        errors.refuse(args.key("grace"), problem, help);
    } else if block_on.is_some() {
        for key in [flavor, threads, runtime].into_iter().flatten() {
            let problem = format!("`{key}` is for tokio, and `block_on` names another executor");
            errors.add(key, &problem, "remove one of the two");
        }
    } else {
        let help = "enable the feature `tokio` of `aplomb`, or name one: \
                    `block_on = smol::block_on`";
        let keyword = keyword.filter(|_| !cfg!(feature = "tokio"));
        errors.refuse(keyword, "an `async fn main` needs an executor", help);
        for key in [flavor, threads]
            .into_iter()
            .flatten()
            .filter(|_| runtime.is_some())
        {
            let problem =
                format!("`{key}` is for the app's own runtime, and `runtime` names another");
            let help = "say it in that function, or remove `runtime`";
            errors.add(key, &problem, help);
        }
        let threads = threads.filter(|_| args.current_thread && runtime.is_none());
        let problem = "`worker_threads` is for the flavor `multi_thread`";
        let help = "remove it, or `flavor = \"current_thread\"`";
        errors.refuse(threads, problem, help);
    }
}
