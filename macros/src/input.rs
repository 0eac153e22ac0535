//! Tokens that are read from the left to the right.

use std::vec::IntoIter;

use proc_macro::{Delimiter, Ident, TokenStream, TokenTree};

use crate::tokens::ToTokens;

/// What is left to be read. Looking at it changes nothing; taking something moves on.
pub(crate) struct Input(IntoIter<TokenTree>);

impl Iterator for Input {
    type Item = TokenTree;

    fn next(&mut self) -> Option<TokenTree> {
        self.0.next()
    }
}

impl Input {
    pub(crate) fn new(tokens: impl IntoIterator<Item = TokenTree>) -> Self {
        Self(tokens.into_iter().collect::<Vec<_>>().into_iter())
    }

    pub(crate) fn rest(&self) -> &[TokenTree] {
        self.0.as_slice()
    }

    pub(crate) fn first(&self) -> Option<&TokenTree> {
        self.rest().first()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    /// Whether a word comes next; keywords are words, too.
    pub(crate) fn at_word(&self) -> bool {
        matches!(self.first(), Some(TokenTree::Ident(_)))
    }

    pub(crate) fn at_parentheses(&self) -> bool {
        matches!(self.first(), Some(TokenTree::Group(group))
            if group.delimiter() == Delimiter::Parenthesis)
    }

    /// Whether this keyword comes next, or this punctuation, such as `=` or `::`.
    pub(crate) fn at(&self, written: &str) -> bool {
        begin_with(self.rest(), written)
    }

    /// Whether it comes after the next token.
    pub(crate) fn at_second(&self, written: &str) -> bool {
        let rest = self.rest().get(1..);
        rest.is_some_and(|rest| begin_with(rest, written))
    }

    pub(crate) fn accept_word(&mut self) -> Option<Ident> {
        match self.first().cloned() {
            Some(TokenTree::Ident(word)) => self.next().map(|_| word),
            _ => None,
        }
    }

    /// Takes this punctuation, if it comes next.
    pub(crate) fn accept(&mut self, punctuation: &str) -> Option<TokenStream> {
        let there = self.at(punctuation);
        there.then(|| self.take(punctuation.len()).collect())
    }

    /// Takes `<…>`, or nothing where there is no `<`. `None` if it is never closed.
    pub(crate) fn angle_brackets(&mut self) -> Option<TokenStream> {
        let mut tokens = TokenStream::new();
        let mut depth = 0_usize;
        while depth > 0 || self.at("<") {
            if let Some(arrow) = self.accept("->") {
                tokens.extend(arrow); // Its `>` closes nothing.
                continue;
            }
            depth += usize::from(self.at("<"));
            depth -= usize::from(self.at(">"));
            tokens.extend(self.next()?.to_tokens());
        }
        Some(tokens)
    }

    /// Takes what comes next out of the group without delimiters in which a `macro_rules!`
    /// passed it on.
    pub(crate) fn unwrap_group(&mut self) {
        while let Some(TokenTree::Group(group)) = self.first().cloned() {
            if group.delimiter() != Delimiter::None {
                return;
            }
            *self = Self::new(group.stream().into_iter().chain(self.skip(1)));
        }
    }
}

fn begin_with(tokens: &[TokenTree], written: &str) -> bool {
    if let Some(TokenTree::Ident(word)) = tokens.first() {
        return word.to_string() == written;
    }
    let mut tokens = tokens.iter();
    let next_is = |sign| match tokens.next() {
        Some(TokenTree::Punct(punct)) => punct.as_char() == sign,
        _ => false,
    };
    written.chars().all(next_is)
}

/// The tokens, with what a `macro_rules!` passed on as one group taken out of that group.
pub(crate) fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let peel = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => flat(group.stream()),
        token => vec![token],
    };
    tokens.into_iter().flat_map(peel).collect()
}
