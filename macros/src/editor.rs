//! Hints for editors: what the words of the arguments mean, and what may stand in their place.
//!
//! rust-analyzer understands a word of the arguments by the tokens of the expansion that have the word's span. A key
//! such as `deadline` has no such token, since the call that is written does not contain it. So the hints import each
//! word once more, from a module of the library that holds an empty, documented module for every word that may stand
//! there. What names something of the user's stands in the hints as an expression, so that an editor offers the names
//! in scope, also while the path is not complete. rustc leaves the hints out.
//!
//! A user asks an editor about arguments while they are being written, and so while they are wrong. So this file splits
//! tokens at commas and looks at first words; it parses nothing else, and reports no mistakes.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::{ExprPath, LitStr};

use crate::arguments::{PHASES, has, library_at};

/// The keys that are followed by a path.
const PATHS: &str = "start run stop limits observe report check runtime block_on crate";

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
// rust-analyzer expands the arguments twice: as they are, and with a made-up word at the cursor. It looks for the names
// in scope in the first expansion, at the distance from the beginning that the word has in the second. So the hints
// come first in the body, where mistakes do not move them, and a module is written even if it has no words. The `allow`
// stands outside, since rustc ignores the attributes of an item that it leaves out.
/// The hints for the arguments of `#[app]`. `library` is the path of `crate = path`.
pub(crate) fn app(arguments: TokenStream, library: Option<&ExprPath>) -> TokenStream {
    let mut hints = Hints::default();
    hints.words("app");
    for argument in split(arguments) {
        hints.argument(&argument);
    }
    hints.written(library)
}

/// The hints for the arguments of `#[shielded]`, or nothing if there are none.
pub(crate) fn shielded(arguments: TokenStream, library: Option<&ExprPath>) -> TokenStream {
    if arguments.is_empty() {
        return arguments;
    }
    let mut hints = Hints::default();
    hints.list("shielded", arguments);
    hints.written(library)
}

/// The arguments of a list. An argument begins behind a comma, or with a word before which the comma is missing.
fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let (mut all, mut current) = (Vec::new(), Vec::new());
    for token in tokens {
        let is_comma = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == ',');
        // Behind a sign, as in `path::to`, the argument goes on.
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
    /// The words, under the name of the module that documents them.
    words: BTreeMap<String, Vec<Ident>>,
    /// The paths to what is the user's, or `()` for a value that is not a path yet.
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
            (key @ ("timeout" | "signals" | "on" | "systemd"), [TokenTree::Group(list), ..]) => {
                self.list(key, list.stream());
            }
            ("components", [TokenTree::Group(list), ..]) => {
                for component in split(list.stream()) {
                    self.component(&component);
                }
            }
            (key @ ("exit" | "flavor" | "report" | "terminal"), [_, text, ..]) => {
                self.text(key, text);
            }
            _ => {}
        }
    }

    /// A value that is one of a few words, as a text.
    fn text(&mut self, key: &str, text: &TokenTree) {
        let text = syn::parse2::<LitStr>(text.to_token_stream());
        let word = text.and_then(|text| text.parse::<Ident>());
        self.words(key).extend(word.as_ref().map(importable));
    }

    fn list(&mut self, module: &str, tokens: TokenStream) {
        self.words(module);
        for element in split(tokens) {
            self.element(module, &element);
        }
    }

    /// A component: a path, with or without a list behind it.
    fn component(&mut self, tokens: &[TokenTree]) {
        let [path @ .., TokenTree::Group(list)] = tokens else {
            return self.value(tokens);
        };
        self.value(path);
        self.words("phases");
        for phase in split(list.stream()) {
            self.phase("phases", &phase);
            match &*phase {
                [TokenTree::Ident(word), TokenTree::Group(list), ..] if word == "timeout" => {
                    self.list("timeout_of_one", list.stream());
                }
                _ => {}
            }
        }
    }

    /// An argument that may be the bare word of a phase. Such a word is the user's function, and is not looked up among
    /// the keys.
    fn phase(&mut self, module: &str, tokens: &[TokenTree]) {
        match tokens {
            [TokenTree::Ident(word)] if has(PHASES, &word.unraw().to_string()) => {
                // In a component the call has this word as a part of a path, which is enough for an editor.
                if module == "app" {
                    self.value(tokens);
                }
            }
            _ => self.element(module, tokens),
        }
    }

    /// An argument that begins with a word, and its value, if that is a path.
    fn element(&mut self, module: &str, tokens: &[TokenTree]) {
        let [TokenTree::Ident(word), rest @ ..] = tokens else {
            return;
        };
        self.words(module).push(importable(word));
        let [TokenTree::Punct(_), value @ ..] = rest else {
            return;
        };
        if let ("systemd", "ready", [text]) = (module, &*word.to_string(), value) {
            self.text("ready", text);
        }
        let is_path = module == "on" || has(PATHS, &word.unraw().to_string());
        if is_path && !module.starts_with("timeout") {
            self.value(value);
        }
    }

    fn value(&mut self, tokens: &[TokenTree]) {
        let is_colon =
            |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':');
        // The colons at the end are left out: behind `Server::`, an editor is to offer the names in `Server`.
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

/// The word as a name that can be imported. An editor looks at the span of the word, and not at how it is written.
fn importable(word: &Ident) -> Ident {
    let written = word.to_string();
    match &*written {
        // `r#crate` and the like are no names.
        "crate" | "$crate" => Ident::new("crate_", word.span()),
        "self" | "super" | "Self" | "_" => Ident::new(&format!("{written}_"), word.span()),
        // A keyword since edition 2024, which syn leaves to the edition.
        "gen" => Ident::new_raw(&written, word.span()),
        _ if syn::parse_str::<Ident>(&written).is_err() => Ident::new_raw(&written, word.span()),
        _ => word.clone(),
    }
}
