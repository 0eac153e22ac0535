//! What `#[shielded]` writes for a `fn`, and the pieces that are written for an `async fn`, too.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::LitStr;
use syn::ext::IdentExt;

use super::args::Args;
use super::check::by_async_trait;
use crate::arguments::library_at;
use crate::function::{Function, ends};

// Input:
//     #[shielded]
//     fn commit(&self, batch: Batch) -> Result<(), Error> { #![allow(..)] BODY }
//
// Output:
//     #[allow(..)]
//     fn commit(&self, batch: Batch) -> Result<(), Error> {
//         match ::aplomb::shield("commit") {
//             _shield => { BODY }
//         }
//     }
//
// Why the body stands in the arm of a `match`:
// - The arm is a coercion site with the expected type, so the body means the same as it does alone.
// - The temporaries of the body are dropped before the shield is, in every edition.
// - `return`, `?` and a body of the type `!` work as they are. A closure around the body would change them.
// - No lint of rustc or clippy complains.
pub(super) fn plain(args: &Args, function: &Function) -> TokenStream {
    with_body(
        function,
        in_place(args, function.name(), &function.statements()),
    )
}

/// The body in the arm of the `match` that holds the shield.
pub(super) fn in_place(args: &Args, name: &Ident, body: &Group) -> TokenStream {
    let shield = call(args, name, None, "shield", label(args, name));
    // Both pairs of braces have the user's spans. With spans of the attribute's, the lint `dead_code` would not see the
    // body, and the body would have the drop order of this crate's edition.
    let hints = &args.hints;
    quote_spanned!(Span::mixed_site()=> #hints match #shield { _shield => #body })
}

// Input:
//     #[shielded(inline)]
//     fn commit(&self) -> BoxFuture<'_, ()> { BODY }
//
// Output:
//     fn commit(&self) -> BoxFuture<'_, ()> {
//         ::aplomb::__private::boxed_inline("commit", (move || -> BoxFuture<'_, ()> { BODY })())
//     }
//
// The closure is there since the body may `return`. What `#[async_trait]` has made, without `inline`, needs none: its
// body is one expression. And a closure would give the future the return type's lifetime, `'async_trait`, which is
// shorter than a task lives.
pub(super) fn boxed(args: &Args, function: &Function) -> TokenStream {
    let here = Span::mixed_site();
    let (body, label, output) = (
        function.statements(),
        label(args, function.name()),
        function.output(),
    );
    let callee = match args.inline {
        Some(_) => "boxed_inline",
        None => "boxed_task",
    };
    let future = if args.inline.is_none() && by_async_trait(output) {
        quote_spanned!(here=> match () { () => #body })
    } else {
        // The parentheses have the place of the return type, so that rustc shows a wrong type there.
        let (first, last) = ends(output, here);
        let closure = parenthesized(quote_spanned!(here=> move || -> #output #body), first);
        let call = parenthesized(TokenStream::new(), last);
        quote_spanned!(here=> #closure #call)
    };
    let content = quote_spanned!(here=> #label, #future);
    let future = call(args, function.name(), Some("__private"), callee, content);
    let hints = &args.hints;
    with_body(function, quote_spanned!(here=> #hints #future))
}

fn with_body(function: &Function, content: TokenStream) -> TokenStream {
    let (attributes, block) = (function.all_attributes(), function.braces(content));
    let Function {
        visibility,
        signature,
        ..
    } = function;
    quote_spanned!(Span::mixed_site()=> #(#attributes)* #visibility #signature #block)
}

/// `::aplomb::module::callee(content)`
//
// `#[track_caller]` takes the place of a call from its first and last token. The first token, the name of the function
// that is called and the parentheses have the span of the shielded function's name. So messages name the shield by that
// place, and not by that of the attribute. The other tokens have the attribute's span, which keeps the lint
// `unused_qualifications` away.
pub(super) fn call(
    args: &Args,
    name: &Ident,
    module: Option<&str>,
    callee: &str,
    content: impl ToTokens,
) -> TokenStream {
    let (here, there) = (Span::mixed_site(), name.span());
    let library = library_at(args.library.as_ref(), there);
    // If all tokens of a path had the user's span, clippy would take the path for the user's, and call it too long.
    let place = if module.is_some() {
        here.located_at(there)
    } else {
        there
    };
    let module = module.map(|module| Ident::new(module, here));
    let module = module.map(|module| quote_spanned!(here=> #module::));
    let callee = Ident::new(callee, place);
    let arguments = parenthesized(content.into_token_stream(), there);
    quote_spanned!(here=> #library::#module #callee #arguments)
}

/// The name of the shield: that of `name = ".."`, or the function's.
pub(super) fn label(args: &Args, name: &Ident) -> LitStr {
    let label = args.name.as_ref().map(LitStr::value);
    let label = label.unwrap_or_else(|| name.unraw().to_string());
    LitStr::new(&label, Span::mixed_site())
}

fn parenthesized(content: TokenStream, there: Span) -> Group {
    let mut group = Group::new(Delimiter::Parenthesis, content);
    group.set_span(there);
    group
}
