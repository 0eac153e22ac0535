//! What is written for a function that is called, and what all that is shielded is written with.

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
// Why an arm: it is a coercion site with the expected type, so that a body means in it what it
// means alone; its temporaries end before the shield does, in every edition; `return`, `?` and
// `!` need nothing; and no lint has anything to say about it.
pub(super) fn plain(args: &Args, function: &Function) -> TokenStream {
    with_body(
        function,
        in_place(args, function.name(), &function.statements()),
    )
}

/// The body, in the arm.
pub(super) fn in_place(args: &Args, name: &Ident, body: &Group) -> TokenStream {
    let shield = call(args, name, None, "shield", label(args, name));
    // Both pairs of braces are the user's. Braces of ours would hide the body from `dead_code`,
    // and give it the drop order of the edition of this crate.
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
// The body may `return`. Without `inline`, what `#[async_trait]` has made is taken as it is, since
// the lifetime in its type is shorter than a task: it is one expression, and of a type that is known.
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
        // What is wrong with its type is shown there.
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
// `#[track_caller]` finds the place of a call by its first and last token: with these three at the
// function's name, the shield is known by that place and not by the attribute's. The rest is ours,
// which keeps `unused_qualifications` away.
pub(super) fn call(
    args: &Args,
    name: &Ident,
    module: Option<&str>,
    callee: &str,
    content: impl ToTokens,
) -> TokenStream {
    let (here, there) = (Span::mixed_site(), name.span());
    let library = library_at(args.library.as_ref(), there);
    // All at the user's places, this would be a path of the user's, which clippy calls long.
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

/// What the shield is called.
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
