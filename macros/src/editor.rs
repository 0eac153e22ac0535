//! What the words of the arguments mean, told to an editor.
//!
//! To find out what a word is, and what may be written in its place, rust-analyzer looks at the tokens of the expansion that
//! have the word's place. A key is nothing there: it is gone when the call is written. So here each word is imported once
//! more, from a module that holds an empty, documented module for every word that may stand there. And what names something of
//! the user's stands there as an expression, so that names in scope are offered in its place, also while it is no path. rustc
//! leaves all of it out.
//!
//! Arguments are asked about while they are written, so while they are wrong. This file sees what begins with which word and
//! nothing else, and reports nothing.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::{ExprPath, LitStr};

use crate::arguments::{PHASES, has, library_at};

/// The keys that are followed by a path.
const PATHS: &str = "start run stop block_on crate";

// Input:
//     start, run = serve, timeout(run = "10s"), dead
//
// Output:
//     #[allow(unexpected_cfgs)]
//     const _: () = {
//         #[cfg(rust_analyzer)]
//         const _: () = {
//             mod app {
//                 use ::aplomb::__private::keys::app::*;
//                 use self::{run as _, timeout as _, dead as _};
//             }
//             mod timeout {
//                 use ::aplomb::__private::keys::timeout::*;
//                 use self::{run as _};
//             }
//         };
//         #[cfg(rust_analyzer)]
//         const _: fn() = || {
//             (serve,);
//         };
//     };
//
// The names in scope are taken from the expansion of what is there, at the place that the word has in the expansion of what
// is there and a made-up word at the cursor. So all this is the first in the body, where mistakes do not move it, and a
// module is there without words, too. The `allow` stands outside, since rustc does not heed that of an item which it leaves
// out.
/// For the arguments of `#[app]`. `library` is what `crate = path` names.
pub(crate) fn app(arguments: TokenStream, library: Option<&ExprPath>) -> TokenStream {
    let mut hints = Hints::default();
    hints.words("app");
    for argument in split(arguments) {
        hints.argument(&argument);
    }
    hints.written(library)
}

/// For the arguments of `#[shielded]`; nothing where there are none.
pub(crate) fn shielded(arguments: TokenStream, library: Option<&ExprPath>) -> TokenStream {
    if arguments.is_empty() {
        return arguments;
    }
    let mut hints = Hints::default();
    hints.list("shielded", arguments);
    hints.written(library)
}

/// The arguments of a list. One begins behind a comma; and with a word, where the comma before it is missing.
fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let (mut all, mut current) = (Vec::new(), Vec::new());
    for token in tokens {
        let is_comma = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == ',');
        // The sign in `path::to` is not the end of an argument.
        let may_end = !matches!(current.last(), None | Some(TokenTree::Punct(_)));
        if is_comma || may_end && matches!(token, TokenTree::Ident(_)) {
            all.push(std::mem::take(&mut current));
        }
        if !is_comma {
            current.push(token);
        }
    }
    all.push(current);
    all
}

#[derive(Default)]
struct Hints {
    /// The words, under the names of the modules that tell of them.
    words: BTreeMap<String, Vec<Ident>>,
    /// What names something of the user's, or is to; `()` while it is no path.
    values: Vec<TokenStream>,
}

impl Hints {
    fn words(&mut self, module: &str) -> &mut Vec<Ident> {
        self.words.entry(module.into()).or_default()
    }

    /// An argument of `#[app]`.
    fn argument(&mut self, tokens: &[TokenTree]) {
        self.phase("app", tokens);
        let [TokenTree::Ident(key), rest @ ..] = tokens else {
            return;
        };
        match (&*key.to_string(), rest) {
            (key @ ("timeout" | "signals" | "on"), [TokenTree::Group(list), ..]) => {
                self.list(key, list.stream());
            }
            ("components", [TokenTree::Group(list), ..]) => {
                for component in split(list.stream()) {
                    self.component(&component);
                }
            }
            (key @ ("exit" | "flavor"), [_, text, ..]) => {
                let text = syn::parse2::<LitStr>(text.to_token_stream());
                let word = text.and_then(|text| text.parse::<Ident>());
                self.words(key).extend(word.as_ref().map(importable));
            }
            _ => {}
        }
    }

    fn list(&mut self, module: &str, tokens: TokenStream) {
        self.words(module);
        for element in split(tokens) {
            self.element(module, &element);
        }
    }

    /// A path, with or without a list behind it.
    fn component(&mut self, tokens: &[TokenTree]) {
        let [path @ .., TokenTree::Group(list)] = tokens else {
            return self.value(tokens);
        };
        self.value(path);
        self.words("phases");
        for phase in split(list.stream()) {
            self.phase("phases", &phase);
        }
    }

    /// What may be the bare word of a phase. Such a word is the user's function, and nothing else.
    fn phase(&mut self, module: &str, tokens: &[TokenTree]) {
        match tokens {
            [TokenTree::Ident(word)] if has(PHASES, &word.unraw().to_string()) => {
                // A component's is in its path, and so in the call.
                if module == "app" {
                    self.value(tokens);
                }
            }
            _ => self.element(module, tokens),
        }
    }

    /// A word, and what may follow it.
    fn element(&mut self, module: &str, tokens: &[TokenTree]) {
        let [TokenTree::Ident(word), rest @ ..] = tokens else {
            return;
        };
        self.words(module).push(importable(word));
        let [TokenTree::Punct(_), value @ ..] = rest else {
            return;
        };
        let is_path = module == "on" || has(PATHS, &word.unraw().to_string());
        if is_path && module != "timeout" {
            self.value(value);
        }
    }

    fn value(&mut self, tokens: &[TokenTree]) {
        let is_colon =
            |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':');
        // Behind `Server::` the names in `Server` are to be offered.
        let end = tokens.iter().rposition(|token| !is_colon(token));
        let path = tokens.iter().take(end.map_or(0, |last| last + 1)).cloned();
        let path = syn::parse2::<ExprPath>(path.collect()).map(ToTokens::into_token_stream);
        let nothing = |_| quote_spanned!(Span::mixed_site()=> ());
        self.values.push(path.unwrap_or_else(nothing));
    }

    fn written(self, library: Option<&ExprPath>) -> TokenStream {
        let here = Span::mixed_site();
        let library = library_at(library, here);
        let modules = self.words.into_iter().map(|(name, words)| {
            let name = Ident::new(&name, here);
            quote_spanned! {here=>
                mod #name {
                    use #library::__private::keys::#name::*;
                    use self::{#(#words as _),*};
                }
            }
        });
        let values = self.values;
        quote_spanned! {here=>
            #[allow(unexpected_cfgs)]
            const _: () = {
                #[cfg(rust_analyzer)]
                const _: () = { #(#modules)* };
                #[cfg(rust_analyzer)]
                const _: fn() = || { (#(#values,)*); };
            };
        }
    }
}

/// The word as a name that `use` takes. An editor looks at its place, and not at how it is written.
fn importable(word: &Ident) -> Ident {
    let written = word.to_string();
    match &*written {
        // These cannot be raw.
        "crate" | "$crate" => Ident::new("crate_", word.span()),
        "self" | "super" | "Self" | "_" => Ident::new(&format!("{written}_"), word.span()),
        // A keyword since edition 2024, which syn leaves to the edition.
        "gen" => Ident::new_raw(&written, word.span()),
        _ if syn::parse_str::<Ident>(&written).is_err() => Ident::new_raw(&written, word.span()),
        _ => word.clone(),
    }
}
