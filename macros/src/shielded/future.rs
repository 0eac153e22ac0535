//! What `#[shielded]` writes for an `async fn`, and how the parameters get into the future that is made of the body.

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

/// The attributes of rustc that mean the same at an `async fn` and at a `fn` that returns a future. `must_use` is not
/// among them: at an `async fn` it is about the value that is awaited, and at a `fn` about the future.
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
// The shield of a task is known by the place where the function is called. That needs `#[track_caller]`, which has no
// effect on an `async fn`, so a `fn` is written. But if there are other macros' attributes below this one, such as
// `#[tokio::test]`, the function stays an `async fn`, since these expect the function that the user wrote.
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
    // Stable Rust does not allow to write `Output = !`.
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
// `Send` is written, since rustc cannot infer it for a function that calls itself. If the future is not `Send`, rustc
// shows the type from its first token to its last; so these two have the places of the user's return type.
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
// The type of an `async` block cannot be written, and is inferred from its first `return`. So a `return` that never
// runs comes first: it has the user's return type, to which `?` and every other `return` convert then, as in a
// function. `impl Trait` and `!` cannot be written there. If the body contradicts the type, rustc points at that first
// `return`; so its value has the place of the return type, and a telling name.
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

/// The parameters, under names that the body does not see, and the statements that bind the user's patterns to them.
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
// rustc does the same with the parameters of an `async fn`. So each parameter is moved into the block as a whole, the
// drops come in their usual order, and a parameter that is not used is reported as such.
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
    // `cfg` stands at the parameter and at the statement, so that both are there or neither. Other attributes, which
    // are for lints, go to the pattern.
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
    // The name has the place of the user's name, so that an editor shows the signature as it was written.
    name.set_span(here.located_at(name.span()));
    let inner = match named {
        // The call is there for clippy, which would report `let _x = _x;` as a statement without an effect.
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
