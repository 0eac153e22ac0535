//! Other attributes of `main` that would build a runtime around the whole app: each is refused
//! with the words that say the same to us.

use proc_macro::{TokenStream, TokenTree};

use crate::errors::{Mistake, mistake};
use crate::input::{Input, flat};
use crate::item::{Attribute, Body, Function};
use crate::tokens::ToTokens;
use crate::values::Text;

/// Their crates, and how the executors are named to us.
const EXECUTORS: [(&str, &str); 6] = [
    ("actix_web", "flavor = \"current_thread\""),
    ("actix_rt", "flavor = \"current_thread\""),
    ("actix", "flavor = \"current_thread\""),
    ("async_std", "block_on = async_std::task::block_on"),
    ("smol_macros", "block_on = smol::block_on"),
    ("macro_rules_attribute", "block_on = smol::block_on"),
];

/// The mistake, if the attribute is one of them. `is_async` is whether `main` is.
pub(super) fn runtime_first(attribute: &Attribute, is_async: bool) -> Option<Mistake> {
    let path = &attribute.path;
    let applied = attribute
        .is("apply")
        .then(|| path_of_macro(&attribute.arguments));
    let runtime = match &applied {
        Some(path) => path.rsplit(':').next() == Some("main"),
        None => attribute.is("main") || path == "rocket::launch",
    };
    if !runtime {
        return None;
    }
    let name = match &applied {
        Some(path) => format!("apply({path}!)"),
        None => path.clone(),
    };
    let first = path.split(':').next();
    let known = EXECUTORS.iter().find(|(library, _)| first == Some(library));
    let instead = match (path.as_str(), known) {
        ("tokio::main", _) => tokio(&attribute.arguments),
        (_, Some((_, key))) => Some((*key).into()),
        _ => Some("block_on = path::to::block_on".into()),
    };
    Some(refused(attribute, &name, instead, is_async))
}

/// `instead` is what is to be written as arguments of ours, where that is anything.
fn refused(at: &dyn ToTokens, name: &str, instead: Option<String>, is_async: bool) -> Mistake {
    let problem = format!("`#[{name}]` would build its runtime around the whole app");
    let help = match (instead, is_async) {
        (None, _) => {
            "remove it: `async fn main` under `#[app]` runs on tokio's multi-thread runtime by itself"
                .into()
        }
        (Some(key), true) => format!("remove it, and write `{key}` in `#[app(..)]`"),
        (Some(key), false) => {
            format!("remove it, and write `async fn main`, and `{key}` in `#[app(..)]`")
        }
    };
    mistake(at, &problem, &help)
}

/// The arguments of `#[tokio::main]` that are ours, too.
fn tokio(arguments: &TokenStream) -> Option<String> {
    let mut input = Input::new(flat(arguments.clone()));
    let mut kept = Vec::new();
    while !input.is_empty() {
        let key = input.next().map(|key| key.to_string());
        let value = input.accept("=").and_then(|_| input.next());
        if let (Some(key @ ("flavor" | "worker_threads")), Some(value)) = (key.as_deref(), value) {
            kept.push(format!("{key} = {value}"));
        }
    }
    (!kept.is_empty()).then(|| kept.join(", "))
}

/// `smol_macros::main` of `smol_macros::main!`
fn path_of_macro(arguments: &TokenStream) -> String {
    let words = flat(arguments.clone()).into_iter();
    let words = words.map(|token| token.to_string());
    words.take_while(|word| word != "!").collect()
}

/// The mistake, if `#[tokio::main]` stands above `#[app]`: there is no attribute left to be seen
/// then, only what it has made of the body.
pub(super) fn tokio_above(main: &Function) -> Option<Mistake> {
    built_by_tokio(main).then(|| {
        let body = all(main.body.to_tokens());
        let has = |word: &str| body.iter().any(|token| token.to_string() == word);
        let instead = if has("new_current_thread") {
            Some("flavor = \"current_thread\"".into())
        } else {
            let mut behind = body
                .iter()
                .skip_while(|it| it.to_string() != "worker_threads");
            let threads = behind.nth(1).map(ToString::to_string);
            threads.map(|count| format!("worker_threads = {}", count.trim_end_matches("usize")))
        };
        // It has taken the `async` away, which is back when it is removed.
        refused(&TokenStream::new(), "tokio::main", instead, true)
    })
}

/// Whether the body holds words that nobody else writes.
pub(super) fn built_by_tokio(main: &Function) -> bool {
    let Body::Block(block) = &main.body else {
        return false;
    };
    let is_told = |token: &TokenTree| {
        let text = Text::of(token);
        text.is_some_and(|text| text.value == "Failed building the Runtime")
    };
    all(block.stream()).iter().any(is_told)
}

/// The tokens at all depths; a group is what is in it.
fn all(tokens: TokenStream) -> Vec<TokenTree> {
    let inner = |token| match token {
        TokenTree::Group(group) => all(group.stream()),
        token => vec![token],
    };
    tokens.into_iter().flat_map(inner).collect()
}
