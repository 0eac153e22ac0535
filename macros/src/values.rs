//! What stands in the arguments of both attributes: words, strings, numbers and paths.

use proc_macro::{Ident, Literal, TokenStream, TokenTree};

use crate::input::Input;
use crate::tokens::ToTokens;

/// The word without the `r#` that lets it be a keyword.
pub(crate) fn unraw(word: &Ident) -> String {
    let written = word.to_string();
    written.strip_prefix("r#").unwrap_or(&written).into()
}

pub(crate) fn is_number(token: &TokenTree) -> bool {
    let TokenTree::Literal(literal) = token else {
        return false;
    };
    let written = literal.to_string();
    written.starts_with(|first: char| first.is_ascii_digit()) && !written.contains('.')
}

/// A string: `"5s"`, or `r"5s"`.
pub(crate) struct Text {
    pub(crate) literal: Literal,
    /// What is between the quotes. Escapes stay as they are written: no word of ours has one.
    pub(crate) value: String,
}

impl Text {
    pub(crate) fn of(token: &TokenTree) -> Option<Self> {
        let TokenTree::Literal(literal) = token else {
            return None;
        };
        let written = literal.to_string();
        let raw = written.strip_prefix('r');
        let quoted = raw.map_or(&*written, |raw| raw.trim_matches('#'));
        let value = quoted.strip_prefix('"')?.strip_suffix('"')?.into();
        let literal = literal.clone();
        Some(Self { literal, value })
    }
}

impl ToTokens for Text {
    fn to_tokens(&self) -> TokenStream {
        self.literal.to_tokens()
    }
}

/// A path as it was written: `module::function`, `<Type as Trait>::function`, `function::<Type>`.
/// What is between angle brackets is for rustc to understand.
pub(crate) struct Path {
    tokens: TokenStream,
    pub(crate) last: Ident,
}

impl Path {
    /// `None` if it ends too early.
    pub(crate) fn read(input: &mut Input) -> Option<Self> {
        let mut tokens = input.angle_brackets()?;
        let mut last = None;
        while tokens.is_empty() || input.at("::") {
            tokens.extend(input.accept("::"));
            if let Some(word) = input.accept_word() {
                tokens.extend(word.to_tokens());
                last = Some(word);
            } else if !input.at("<") {
                return None;
            }
            tokens.extend(input.angle_brackets()?);
        }
        let last = last?;
        Some(Self { tokens, last })
    }
}

impl From<Ident> for Path {
    fn from(last: Ident) -> Self {
        let tokens = last.to_tokens();
        Self { tokens, last }
    }
}

impl ToTokens for Path {
    fn to_tokens(&self) -> TokenStream {
        self.tokens.clone()
    }
}
