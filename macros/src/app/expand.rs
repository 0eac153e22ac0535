//! What is written in the place of `main`.

use proc_macro::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};

use super::args::Args;
use super::check;
use super::components::{self, Component};
use super::values::Limit;
use crate::input::flat;
use crate::item::{Attribute, Body, Function};
use crate::tokens::{ToTokens, code, here, some};
use crate::values::{Path, unraw};

// Input:
//     #[app(start, run = serve, on(SIGHUP = reload), drain = "5s")]
//     fn main() -> Result<Config, Error> { BODY }
//
// Output:
//     fn main() {
//         fn main() -> Result<Config, Error> { BODY }
//         ::aplomb::__private::main(
//             ::aplomb::__private::Options {
//                 drain: ::core::option::Option::Some(::core::time::Duration::from_millis(5000)),
//                 ..::aplomb::__private::Options::DEFAULT
//             },
//             ::aplomb::__private::fallible(main),
//             start,
//             serve,
//             ::aplomb::__private::Absent,
//             ((::aplomb::signal::SIGHUP, reload), ()),
//         )
//     }
//
// Of an `async fn main`:
//         ::aplomb::__private::async_main(
//             OPTIONS,
//             ::aplomb::__private::tokio_multi_thread(::core::option::Option::None),
//             ::aplomb::__private::async_fallible(main),
//             ..
//
// It is one call and not a chain of them, since with a chain each wrong phase would be reported
// twice: once as itself, once as the method that is not there.
pub(crate) fn main(args: &Args, main: &Function) -> TokenStream {
    let library = args.library.as_ref().map(ToTokens::to_tokens);
    let library = library.unwrap_or_else(|| code!(here()=> ::aplomb));
    let hidden = code!(here()=> #library::__private);
    let options = options(args, &library, &hidden);
    let name = &main.name;
    let is_async = main.qualifier("async").is_some();
    // A wrong type of its value is shown at the body's name.
    let at = here().located_at(name.span());
    let root = args.library.as_ref().map(ToTokens::to_tokens);
    let root = root.unwrap_or_else(|| code!(at=> ::aplomb));
    let body_of = code!(at=> #root::__private);
    let body = match (has_body(main), returns_result(main), is_async) {
        (false, _, false) => code!(here()=> #hidden::no_body),
        (true, true, false) => code!(here()=> #hidden::fallible(#name)),
        (true, false, false) => code!(here()=> #hidden::plain(#name)),
        (false, _, true) => code!(here()=> #hidden::no_async_body),
        (true, true, true) => code!(at=> #body_of::async_fallible(#name)),
        (true, false, true) => code!(at=> #body_of::async_plain(#name)),
    };
    let nested = nested(main);
    let executor = is_async.then(|| args.executor.written(&hidden));
    let executor = executor.map(|executor| code!(here()=> #executor,));
    let of = |name: &str| {
        let prefix = if is_async { "async_" } else { "" };
        Ident::new(&format!("{prefix}{name}"), here())
    };
    let (callee, app) = if args.components.is_empty() {
        (of("main"), phases(args, &body, &library, &hidden))
    } else {
        let begin = of("components");
        let links = components::chain(args, &library, &hidden);
        let app = code!(here()=> #hidden::#begin(#body) #links);
        (of("components_main"), app)
    };
    let content = code!(here()=> #nested #hidden::#callee(#options, #executor #app));
    outer(main, content)
}

// Output:
//     BODY, start, serve, ::aplomb::__private::Absent, ((::aplomb::signal::SIGHUP, reload), ())
fn phases(
    args: &Args,
    body: &TokenStream,
    library: &TokenStream,
    hidden: &TokenStream,
) -> TokenStream {
    let phase = |path: &Option<Path>| {
        let path = path.as_ref().map(ToTokens::to_tokens);
        path.unwrap_or_else(|| code!(here()=> #hidden::Absent))
    };
    let (start, run, stop) = (phase(&args.start), phase(&args.run), phase(&args.stop));
    let mut on = code!(here()=> ());
    for (signal, function) in args.on.iter().rev() {
        let constant = code!(here()=> #library::signal::#signal);
        // With parentheses of ours, rustc would show the whole attribute for a wrong function.
        let at = signal.span();
        on = code!(at=> ((#constant, #function), #on));
    }
    code!(here()=> #body, #start, #run, #stop, #on)
}

// Input:
//     #[app(start, runn)]
//     async fn main() { BODY }
//
// Output:
//     ::core::compile_error! { .. }
//     fn main() {
//         #[allow(dead_code)]
//         async fn main() { BODY }
//         let _ = (start,);
//     }
//
// Without a `main`, and with nothing that uses the phases, rustc would add complaints of its own;
// and an editor goes on understanding the body.
pub(crate) fn fallback(args: &Args, main: &Function, errors: &TokenStream) -> TokenStream {
    if unraw(&main.name) != "main" {
        let (visibility, signature) = (&main.visibility, &main.signature);
        let attributes = kept(main);
        let body = match &main.body {
            Body::Block(block) => block.to_tokens(),
            Body::Missing(_) => code!(Span::call_site()=> { loop {} }),
        };
        return code!(here()=> #errors #attributes #visibility #signature #body);
    }
    let on = args.on.iter().map(|(_, function)| function);
    let phases = [&args.start, &args.run, &args.stop].into_iter().flatten();
    let known = phases.chain(on).map(ToTokens::to_tokens);
    let functions = args.components.iter().flat_map(Component::functions);
    let known = known.chain(functions.cloned());
    let known: Vec<_> = known.map(|path| code!(here()=> #path,)).collect();
    let nested = nested(main).map(|nested| code!(here()=> #[allow(dead_code)] #nested));
    let content = code!(here()=> #nested let _ = (#known););
    let main = outer(main, content);
    code!(here()=> #errors #main)
}

/// The function that takes the place of the user's, with all that surrounds the user's.
fn outer(main: &Function, content: TokenStream) -> TokenStream {
    let (attributes, visibility, name) = (kept(main), &main.visibility, &main.name);
    let mut block = Group::new(Delimiter::Brace, content);
    // The user's braces: what is between ours, rustc and editors take for ours.
    block.set_span(match &main.body {
        Body::Block(written) => written.span(),
        Body::Missing(semicolon) => semicolon.span(),
    });
    let head = code!(name.span()=> fn #name());
    code!(here()=> #attributes #visibility #head #block)
}

/// The attributes, but for those that are mistakes here.
fn kept(main: &Function) -> Vec<&Attribute> {
    let attributes = main.attributes.iter();
    let kept = attributes.filter(|attribute| check::attribute(attribute, true).is_ok());
    kept.collect()
}

/// The user's function, whole but for what the outer one has.
fn nested(main: &Function) -> Option<TokenStream> {
    let Function {
        signature, body, ..
    } = main;
    has_body(main).then(|| code!(here()=> #signature #body))
}

/// `fn main() {}` says what `fn main();` says, in a way that every editor knows.
fn has_body(main: &Function) -> bool {
    match &main.body {
        Body::Block(block) => !block.stream().is_empty() || !main.output.is_empty(),
        Body::Missing(_) => false,
    }
}

/// Whether the return type is a path whose last segment ends in `Result`, as in
/// `anyhow::Result<Config>`. An alias with another name is not recognised: `start` then gets the
/// `Result` itself, and a `start` that wants what is in it is refused with both types named.
fn returns_result(main: &Function) -> bool {
    let mut depth = 0_usize;
    let mut last = String::new();
    for token in flat(main.output.clone()) {
        match token.to_string().as_str() {
            "<" => depth += 1,
            ">" => depth = depth.saturating_sub(1),
            word if depth == 0 && matches!(token, TokenTree::Ident(_)) => last = word.into(),
            ":" => {}
            _ if depth == 0 => return false,
            _ => {}
        }
    }
    last.ends_with("Result")
}

fn options(args: &Args, library: &TokenStream, hidden: &TokenStream) -> TokenStream {
    let mut fields = Vec::new();
    let mut field = |name: &str, value: TokenStream| {
        let name = Ident::new(name, here());
        fields.push(code!(here()=> #name: #value,));
    };
    if !args.signals.is_empty() {
        // If the target has no such signal, that error is at the user's word.
        let signals = args.signals.iter();
        let path = |signal| code!(here()=> #library::signal::#signal,);
        let signals: Vec<_> = signals.map(path).collect();
        field("signals", code!(here()=> &[#signals]));
    }
    for limit in &args.timeouts {
        field(&format!("timeout_{}", limit.key), duration(limit));
    }
    for limit in args.deadline.iter().chain(&args.drain) {
        field(&limit.key.to_string(), duration(limit));
    }
    if let Some(count) = args.force_after {
        let count = number(u128::from(count));
        field("force_after", some(&count));
    }
    if args.reap_orphans {
        field("reap_orphans", code!(here()=> true));
    }
    if let Some(variant) = &args.exit {
        field("exit", code!(here()=> #library::Exit::#variant));
    }
    let default = code!(here()=> #hidden::Options::DEFAULT);
    if fields.is_empty() {
        return default;
    }
    code!(here()=> #hidden::Options { #fields ..#default })
}

fn duration(limit: &Limit) -> TokenStream {
    let length = number(limit.length.as_millis());
    some(&code!(here()=> ::core::time::Duration::from_millis(#length)))
}

fn number(value: u128) -> Literal {
    let mut literal = Literal::u128_unsuffixed(value);
    literal.set_span(here());
    literal
}
