//! What is written in the place of `main`.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;

use super::args::Args;
use super::check;
use super::values::Limit;
use crate::item::{Attribute, Body, Function, flat};

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
// It is one call and not a chain of them, since with a chain each wrong phase would be reported
// twice: once as itself, once as the method that is not there.
pub(crate) fn main(args: &Args, main: &Function) -> TokenStream {
    let library = args.library.as_ref().map(ToTokens::to_token_stream);
    let library = library.unwrap_or_else(|| quote_spanned!(here()=> ::aplomb));
    let hidden = quote_spanned!(here()=> #library::__private);
    let options = options(args, &library, &hidden);
    let name = &main.name;
    let body = match (has_body(main), returns_result(main)) {
        (false, _) => quote_spanned!(here()=> #hidden::no_body),
        (true, true) => quote_spanned!(here()=> #hidden::fallible(#name)),
        (true, false) => quote_spanned!(here()=> #hidden::plain(#name)),
    };
    let phases = [&args.start, &args.run, &args.stop].map(|phase| {
        let path = phase.as_ref().map(ToTokens::to_token_stream);
        path.unwrap_or_else(|| quote_spanned!(here()=> #hidden::Absent))
    });
    let mut on = quote_spanned!(here()=> ());
    for (signal, function) in args.on.iter().rev() {
        let constant = quote_spanned!(here()=> #library::signal::#signal);
        // With parentheses of ours, rustc would show the whole attribute for a wrong function.
        on = quote_spanned!(signal.span()=> ((#constant, #function), #on));
    }
    let nested = nested(main);
    let call = quote_spanned!(here()=> #hidden::main(#options, #body, #(#phases,)* #on));
    outer(main, quote!(#nested #call))
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
    if main.name.unraw() != "main" {
        let (visibility, signature) = (&main.visibility, &main.signature);
        let attributes = kept(main);
        let body = match &main.body {
            Body::Block(block) => block.to_token_stream(),
            Body::Missing(_) => quote!({ loop {} }),
        };
        return quote!(#errors #(#attributes)* #visibility #signature #body);
    }
    let on = args.on.iter().map(|(_, function)| function);
    let known = [&args.start, &args.run, &args.stop]
        .into_iter()
        .flatten()
        .chain(on);
    let nested = nested(main).map(|nested| quote_spanned!(here()=> #[allow(dead_code)] #nested));
    let content = quote_spanned!(here()=> #nested let _ = (#(#known,)*););
    let main = outer(main, content);
    quote!(#errors #main)
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
    let head = quote_spanned!(name.span()=> fn #name());
    quote!(#(#attributes)* #visibility #head #block)
}

/// The attributes, but for those that are mistakes here.
fn kept(main: &Function) -> impl Iterator<Item = &Attribute> {
    let attributes = main.attributes.iter();
    attributes.filter(|attribute| check::stacked(attribute).is_ok())
}

/// The user's function, whole but for what the outer one has.
fn nested(main: &Function) -> Option<TokenStream> {
    let Function {
        signature, body, ..
    } = main;
    has_body(main).then(|| quote!(#signature #body))
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
        fields.push(quote_spanned!(here()=> #name: #value));
    };
    if !args.signals.is_empty() {
        // If the target has no such signal, that error is at the user's word.
        let signals = &args.signals;
        field(
            "signals",
            quote_spanned!(here()=> &[#(#library::signal::#signals),*]),
        );
    }
    for limit in &args.timeouts {
        field(&format!("timeout_{}", limit.key), duration(limit));
    }
    for limit in args.deadline.iter().chain(&args.drain) {
        field(&limit.key.to_string(), duration(limit));
    }
    if let Some(count) = args.force_after {
        let count = number(u128::from(count));
        field(
            "force_after",
            quote_spanned!(here()=> ::core::option::Option::Some(#count)),
        );
    }
    if let Some(variant) = &args.exit {
        field("exit", quote_spanned!(here()=> #library::Exit::#variant));
    }
    let default = quote_spanned!(here()=> #hidden::Options::DEFAULT);
    if fields.is_empty() {
        return default;
    }
    quote_spanned!(here()=> #hidden::Options { #(#fields,)* ..#default })
}

fn duration(limit: &Limit) -> TokenStream {
    let length = number(limit.length.as_millis());
    quote_spanned!(here()=> ::core::option::Option::Some(
        ::core::time::Duration::from_millis(#length)
    ))
}

fn number(value: u128) -> Literal {
    let mut literal = Literal::u128_unsuffixed(value);
    literal.set_span(here());
    literal
}

/// Where generated tokens come from: names that are neither visible to the user nor, as rustc
/// and clippy see it, written by the user.
fn here() -> Span {
    Span::mixed_site()
}
