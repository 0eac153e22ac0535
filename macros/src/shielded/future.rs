//! What is written for an `async fn`, and how its parameters reach the future that is made of its body.

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Pat, PatType, ReturnType, Signature, Token};

use super::args::Args;
use super::expand::{call, label};
use super::words;
use crate::arguments::{has, library_at};
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
    let library = library_at(args.library.as_ref(), here);
    let hidden = quote_spanned!(here=> #library::__private);
    let (inputs, moved) = moved(&function.signature, &hidden);
    let block = block(function, &moved);
    let label = label(args, function.name());
    let keywords = quote_spanned!(block.span()=> async move);
    let content = quote_spanned!(here=> #label, #keywords #block);
    let callee = match args.inline {
        Some(_) => "inline",
        None => "task",
    };
    let future = call(args, function.name(), Some("__private"), callee, content);
    let hints = &args.hints;

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
        let block = function.braces(quote_spanned!(here=> #hints #future.await));
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
    let block = function.braces(quote_spanned!(here=> #hints #future));
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
    ReturnType::Type(Token![->](here), Box::new(syn::Type::Verbatim(ty)))
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

/// All parameters under names that the body does not see, and what makes them the user's.
//
// Input:
//     &self, mut batch: Batch, Pair(a, b): Pair, _: Guard
//
// Output:
//     &self, batch: Batch, __unnamed2: Pair, __unnamed3: Guard
//
//     ::aplomb::__private::whole(&self);
//     let mut batch = batch;
//     let __unnamed2 = __unnamed2;
//     let Pair(a, b) = __unnamed2;
//     let __unnamed3 = __unnamed3;
//     let _ = __unnamed3;
//
// It is what rustc makes of the parameters of an `async fn`. So each is moved into the block
// whole, dropped in the order in which it would be, and found unused where it is.
fn moved(
    signature: &Signature,
    hidden: &TokenStream,
) -> (Punctuated<FnArg, Token![,]>, TokenStream) {
    let here = Span::mixed_site();
    let (mut outer, mut inner) = (Punctuated::new(), TokenStream::new());
    for (index, parameter) in signature.inputs.iter().enumerate() {
        let (declared, bound) = match parameter {
            FnArg::Typed(parameter) => renamed(parameter, index),
            FnArg::Receiver(receiver) => {
                let word = &receiver.self_token;
                (
                    parameter.clone(),
                    quote_spanned!(here=> #hidden::whole(&#word);),
                )
            }
        };
        outer.push_value(declared);
        outer.push_punct(Token![,](here));
        inner.extend(bound);
    }
    (outer, inner)
}

fn renamed(parameter: &PatType, index: usize) -> (FnArg, TokenStream) {
    let here = Span::mixed_site();
    let PatType { attrs, pat, .. } = parameter;
    // Whether it is there is for both to know; lints are about the pattern.
    let cfg: Vec<_> = attrs
        .iter()
        .filter(|it| it.path().is_ident("cfg"))
        .cloned()
        .collect();
    let named = match &**pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(&pat.ident),
        _ => None,
    };
    let mut name = named
        .cloned()
        .unwrap_or_else(|| format_ident!("__unnamed{index}", span = here));
    // Whoever reads the signature sees the name that was written.
    name.set_span(here.located_at(name.span()));
    let inner = match named {
        // Without a call, clippy would find that nothing happens here.
        Some(name_of_user) if name_of_user.unraw().to_string().starts_with('_') => {
            quote_spanned!(here=> #(#attrs)* let #pat = ::core::convert::identity(#name);)
        }
        Some(_) => quote_spanned!(here=> #(#attrs)* let #pat = #name;),
        None => quote_spanned!(here=> #(#cfg)* let #name = #name; #(#attrs)* let #pat = #name;),
    };
    let outer = PatType {
        attrs: cfg,
        pat: syn::parse_quote!(#name),
        ..parameter.clone()
    };
    (FnArg::Typed(outer), inner)
}
