//! `#[shielded]`: writes a function whose body runs inside a shield.

mod args;
mod borrowed;
mod check;
mod expand;
mod future;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{GenericArgument, PathArguments, PathSegment, Type, TypeParamBound};

use crate::errors::Errors;
use crate::function::{self, Function, Other, ends_in};
use args::Args;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let args = Args::parse(arguments, &mut errors);

    let function = match Function::read(item.clone()) {
        Ok(function) => function,
        Err(Other::Item(token)) => {
            errors.push(check::not_a_function(token.as_ref()));
            // A block or a closure is left out: behind the `compile_error!` it would be parsed as a part of one
            // expression with it.
            let is_item = matches!(token, Some(TokenTree::Ident(_)));
            return errors.beside(if is_item { item } else { TokenStream::new() });
        }
        Err(Other::Unreadable { words, error }) => match (errors.is_empty(), &*words) {
            // rustc says what is wrong with the head. If rustc finds nothing wrong, since the syntax is newer than this
            // crate, the function is shielded in place.
            (true, [words @ .., name]) if words.iter().all(|word| word != "async") => {
                drop(errors.finish());
                return function::with_content(item, |body| expand::in_place(&args, name, &body));
            }
            _ => return function::unreadable(item, &args.hints, errors, &error),
        },
    };
    check::function(&args, &function, &mut errors);
    match (errors.finish(), Shape::of(&function)) {
        (Ok(()), Shape::Async) => future::expand(&args, &function),
        (Ok(()), Shape::Boxed) => expand::boxed(&args, &function),
        (Ok(()), Shape::Plain) => expand::plain(&args, &function),
        // The function as the user wrote it, without a shield: an editor goes on understanding it, and rustc does not
        // miss it.
        (Err(errors), _) => {
            let Function {
                attributes,
                visibility,
                signature,
                ..
            } = &function;
            let body = function.body_after(&args.hints);
            let attributes = attributes
                .iter()
                .filter(|it| !ends_in(it.path(), "shielded"));
            quote_spanned!(Span::call_site()=> #(#attributes)* #visibility #signature #body #errors)
        }
    }
}

/// What kind of function is to be shielded, which tells when its body runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A `fn`: the body runs when the function is called.
    Plain,
    /// An `async fn`: the body runs when the future is polled.
    Async,
    /// A `fn` that returns a future in a box, by hand or by `#[async_trait]`: what matters runs when the future is
    /// polled.
    Boxed,
}

impl Shape {
    fn of(function: &Function) -> Self {
        if function.signature.asyncness.is_some() {
            Self::Async
        } else if function.output().is_some_and(is_boxed_future) {
            Self::Boxed
        } else {
            Self::Plain
        }
    }
}

/// Whether this type is a future in a box, as far as its name tells: `BoxFuture<..>`, `Pin<Box<dyn Future<..>>>`.
fn is_boxed_future(ty: &Type) -> bool {
    let Type::Path(path) = peel(ty) else {
        return false;
    };
    let Some(PathSegment {
        ident, arguments, ..
    }) = path.path.segments.last()
    else {
        return false;
    };
    if ident == "BoxFuture" || ident == "LocalBoxFuture" {
        return true;
    }
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return false;
    };
    let inner = arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(peel(ty)),
        _ => None,
    });
    match inner {
        Some(Type::TraitObject(object)) if ident == "Box" => object.bounds.iter().any(is_future),
        Some(inner) if ident == "Pin" => is_boxed_future(inner),
        _ => false,
    }
}

/// Whether this type is a future that has no name: `impl Future<..>`.
fn is_opaque_future(ty: &Type) -> bool {
    match peel(ty) {
        Type::ImplTrait(ty) => ty.bounds.iter().any(is_future),
        _ => false,
    }
}

fn is_future(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if ends_in(&bound.path, "Future"))
}

/// The type without parentheses, and without the invisible group in which a `macro_rules!` passes on a `$ty`.
fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(ty) => peel(&ty.elem),
        Type::Paren(ty) => peel(&ty.elem),
        ty => ty,
    }
}

/// All words and signs of the tokens, also those inside of groups.
fn words(tokens: impl ToTokens) -> Vec<String> {
    let of = |token| match token {
        TokenTree::Group(group) => words(group.stream()),
        token => vec![token.to_string()],
    };
    tokens
        .into_token_stream()
        .into_iter()
        .flat_map(of)
        .collect()
}
