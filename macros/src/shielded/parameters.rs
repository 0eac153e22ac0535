//! The parameters of a function, as they are to reach a block of its body.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{FnArg, Pat, PatType, Signature, Token};

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
pub(super) fn moved(
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
