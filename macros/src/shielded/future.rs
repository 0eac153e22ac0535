//! What is written for an `async fn`.

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, ReturnType, Signature};

use super::args::Args;
use super::expand::{call, label, library};
use super::{parameters, words};
use crate::arguments::has;
use crate::function::{Function, ends, ends_in};

/// The attributes of rustc that see no difference between an `async fn` and a `fn` that returns a
/// future. `must_use` does: it is about what is awaited.
const BUILT_IN: &str = "allow warn deny expect forbid cfg cfg_attr doc inline cold deprecated \
                        track_caller optimize rustfmt clippy diagnostic";

// Input:
//     #[shielded(inline)]
//     async fn commit(&self, batch: &Batch) -> Result<(), Error> { BODY }
//
// Output:
//     async fn commit(&self, batch: &Batch) -> Result<(), Error> {
//         ::aplomb::__private::inline("commit", async move { PARAMETERS BODY }).await
//     }
//
// Input:
//     #[shielded]
//     async fn commit(self: Arc<Self>, batch: Batch) -> Result<(), Error> { BODY }
//
// Output:
//     #[track_caller]
//     fn commit(
//         self: Arc<Self>,
//         batch: Batch,
//     ) -> impl ::core::future::Future<Output = Result<(), Error>> + ::core::marker::Send {
//         ::aplomb::__private::task("commit", async move { PARAMETERS BODY })
//     }
//
// A task is known by the place where it is called, which an `async fn` cannot tell. But what other
// macros there are below ours, such as `#[tokio::test]`, shall see the `async fn` that was written.
pub(super) fn expand(args: &Args, function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let library = library(args, here);
    let hidden = quote_spanned!(here=> #library::__private);
    let (inputs, moved) = parameters::moved(&function.signature, &hidden);
    let block = block(function, &moved);
    let label = label(args, function.name());
    let keywords = quote_spanned!(block.span()=> async move);
    let content = quote_spanned!(here=> #label, #keywords #block);
    let callee = match args.inline {
        Some(_) => "inline",
        None => "task",
    };
    let future = call(args, function.name(), Some("__private"), callee, content);

    let Function {
        attributes,
        visibility,
        signature,
        ..
    } = function;
    let mut signature = Signature {
        inputs,
        ..signature.clone()
    };
    let mut all = function.all_attributes();
    // `!` is no type that a future may be said to yield.
    let is_never = words(function.output()) == ["!"];
    if args.inline.is_some() || is_never || !attributes.iter().all(is_built_in) {
        let block = function.braces(quote_spanned!(here=> #future.await));
        return quote_spanned!(here=> #(#all)* #visibility #signature #block);
    }
    let is_tracked = attributes
        .iter()
        .any(|it| ends_in(it.path(), "track_caller"));
    if !is_tracked && signature.abi.is_none() {
        all.push(syn::parse_quote_spanned!(here=> #[track_caller]));
    }
    signature.asyncness = None;
    signature.output = future_of(function);
    let block = function.braces(future);
    quote_spanned!(here=> #(#all)* #visibility #signature #block)
}

// Output:
//     -> impl ::core::future::Future<Output = OUTPUT> + ::core::marker::Send
//
// That it is `Send` must be said: a function that calls itself cannot find it out. Where that is
// wrong, the type is what is shown; and a signature is shown from its first token to its last.
fn future_of(function: &Function) -> ReturnType {
    let here = Span::mixed_site();
    let (first, last) = ends(function.output(), function.name().span());
    let output = written(function);
    let start = quote_spanned!(first=> impl);
    let end = quote_spanned!(last=> Send);
    let ty = quote_spanned!(here=> #start ::core::future::Future<Output = #output> + ::core::marker::#end);
    ReturnType::Type(syn::Token![->](here), Box::new(syn::Type::Verbatim(ty)))
}

// Output:
//     {
//         PARAMETERS
//         if let ::core::option::Option::Some(value) = ::core::option::Option::None::<OUTPUT> {
//             return value;
//         }
//         let value: OUTPUT = match () { () => { BODY } };
//         #[allow(unreachable_code)]
//         value
//     }
//
// A block has no type written to it: so its first `return` says of what type its value is, which
// is then what `?` and every other `return` convert to, as in a function. What is opaque, or
// never comes, cannot be written there. What contradicts it is told of the type, at the type: so
// the name of that value stands there.
fn block(function: &Function, moved: &TokenStream) -> Group {
    let here = Span::mixed_site();
    let (words, body) = (words(function.output()), function.statements());
    let is_unnamed = words.iter().any(|word| word == "impl") || words == ["!"];
    if is_unnamed {
        return function.braces(quote_spanned!(here=> #moved match () { () => #body }));
    }
    let output = written(function);
    let (at, _) = ends(function.output(), here);
    let hint = quote_spanned!(at=> shielded_output);
    function.braces(quote_spanned!(here=>
        #moved
        if let ::core::option::Option::Some(#hint) = ::core::option::Option::None::<#output> {
            return #hint;
        }
        let value: #output = match () { () => #body };
        #[allow(unreachable_code)]
        value
    ))
}

/// The type that a function returns, also where none is written.
fn written(function: &Function) -> TokenStream {
    let output = function.output().map(ToTokens::to_token_stream);
    output.unwrap_or_else(|| quote_spanned!(Span::mixed_site()=> ()))
}

fn is_built_in(attribute: &Attribute) -> bool {
    let first = attribute.path().segments.first();
    first.is_some_and(|first| has(BUILT_IN, &first.ident.unraw().to_string()))
}
