//! What is written for an `async fn`.

use proc_macro::{Group, TokenStream};

use super::Args;
use super::expand::{braces, call, label, library, without_inner_attributes};
use super::parameters;
use super::shape::words;
use crate::item::{Attribute, Function};
use crate::tokens::{ToTokens, code, here};
use crate::vocabulary::has;

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
    let Function {
        attributes,
        visibility,
        qualifiers,
        keyword,
        name,
        generics,
        arrow,
        output,
        where_clause,
        ..
    } = function;
    let (inner, body) = without_inner_attributes(&function.body);
    let library = library(args, here());
    let hidden = code!(here()=> #library::__private);
    let (parameters, moved) = parameters::moved(&function.parameters, &hidden);
    let block = block(function, &moved, &body);
    let label = label(args, function);
    let at = body.span();
    let keywords = code!(at=> async move);
    let content = code!(here()=> #label, #keywords #block);
    let callee = match args.inline {
        Some(_) => "inline",
        None => "task",
    };
    let future = call(args, function, "__private", callee, &content);

    // `!` is no type that a future may be said to yield.
    let never = output.to_string() == "!";
    if args.inline.is_some() || never || !attributes.iter().all(is_built_in) {
        let block = braces(&body, code!(here()=> #future.await));
        return code!(here()=> #attributes #inner #visibility #qualifiers #keyword #name #generics
            #parameters #arrow #output #where_clause #block);
    }
    let is_tracked = attributes.iter().any(|it| it.is("track_caller"));
    let has_abi = function.qualifier("extern").is_some();
    let tracked = (!is_tracked && !has_abi).then(|| code!(here()=> #[track_caller]));
    let head = qualifiers.iter().filter(|it| it.to_string() != "async");
    let head: Vec<_> = head.chain(keyword).collect();
    let future_type = future_of(function);
    let block = braces(&body, future);
    code!(here()=> #attributes #inner #tracked #visibility #head #name #generics #parameters
        #future_type #where_clause #block)
}

// Output:
//     -> impl ::core::future::Future<Output = OUTPUT> + ::core::marker::Send
//
// That it is `Send` must be said: a function that calls itself cannot find it out. Where that is
// wrong, the type is what is shown; and a signature is shown from its first token to its last.
fn future_of(function: &Function) -> TokenStream {
    let mut tokens = function.output.clone().into_iter();
    let first = tokens
        .next()
        .map_or(function.name.span(), |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    let output = written(&function.output);
    let start = code!(first=> impl);
    let end = code!(last=> Send);
    code!(here()=> -> #start ::core::future::Future<Output = #output> + ::core::marker::#end)
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
fn block(function: &Function, moved: &TokenStream, body: &Group) -> Group {
    let words = words(function.output.clone());
    let unnamed = words.iter().any(|word| word == "impl") || words == ["!"];
    let content = if unnamed {
        code!(here()=> #moved match () { () => #body })
    } else {
        let output = written(&function.output);
        let first = function.output.clone().into_iter().next();
        let at = first.map_or_else(here, |token| token.span());
        let hint = code!(at=> shielded_output);
        code!(here()=>
            #moved
            if let ::core::option::Option::Some(#hint) = ::core::option::Option::None::<#output> {
                return #hint;
            }
            let value: #output = match () { () => #body };
            #[allow(unreachable_code)]
            value
        )
    };
    braces(body, content)
}

/// The type that a function returns, also where none is written.
fn written(output: &TokenStream) -> TokenStream {
    if output.is_empty() {
        return code!(here()=> ());
    }
    output.to_tokens()
}

fn is_built_in(attribute: &Attribute) -> bool {
    let crate_or_name = attribute.path.split(':').next().unwrap_or_default();
    has(BUILT_IN, crate_or_name)
}
