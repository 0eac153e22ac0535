//! What is made of tokens, and how code is written.

use proc_macro::{Group, Ident, Literal, Span, TokenStream, TokenTree};

/// What is made of tokens: it can be a part of code, or the place of a mistake.
pub(crate) trait ToTokens {
    fn to_tokens(&self) -> TokenStream;
}

impl ToTokens for TokenStream {
    fn to_tokens(&self) -> TokenStream {
        self.clone()
    }
}

impl ToTokens for TokenTree {
    fn to_tokens(&self) -> TokenStream {
        self.clone().into()
    }
}

impl ToTokens for Ident {
    fn to_tokens(&self) -> TokenStream {
        TokenTree::from(self.clone()).into()
    }
}

impl ToTokens for Literal {
    fn to_tokens(&self) -> TokenStream {
        TokenTree::from(self.clone()).into()
    }
}

impl ToTokens for Group {
    fn to_tokens(&self) -> TokenStream {
        TokenTree::from(self.clone()).into()
    }
}

impl<T: ToTokens + ?Sized> ToTokens for &T {
    fn to_tokens(&self) -> TokenStream {
        (**self).to_tokens()
    }
}

impl<T: ToTokens> ToTokens for Option<T> {
    fn to_tokens(&self) -> TokenStream {
        self.iter().map(ToTokens::to_tokens).collect()
    }
}

impl<T: ToTokens> ToTokens for Vec<T> {
    fn to_tokens(&self) -> TokenStream {
        self.iter().map(ToTokens::to_tokens).collect()
    }
}

/// `code!(span=> fn #name() #body)` is this code, at `span`; but `#name` is the variable of that
/// name, with spans of its own.
macro_rules! code {
    ($span:expr=> $($code:tt)*) => {
        $crate::tokens::filled_in(
            stringify!($($code)*),
            $span,
            $crate::tokens::variables!([] $($code)*),
        )
    };
}
pub(crate) use code;

/// The variables of `code!`, at every depth, with their names.
macro_rules! variables {
    ([$($found:ident)*]) => {
        &[$((stringify!($found), &$found)),*]
    };
    ([$($found:ident)*] # $name:ident $($rest:tt)*) => {
        $crate::tokens::variables!([$($found)* $name] $($rest)*)
    };
    ([$($found:ident)*] ($($inner:tt)*) $($rest:tt)*) => {
        $crate::tokens::variables!([$($found)*] $($inner)* $($rest)*)
    };
    ([$($found:ident)*] [$($inner:tt)*] $($rest:tt)*) => {
        $crate::tokens::variables!([$($found)*] $($inner)* $($rest)*)
    };
    ([$($found:ident)*] {$($inner:tt)*} $($rest:tt)*) => {
        $crate::tokens::variables!([$($found)*] $($inner)* $($rest)*)
    };
    ([$($found:ident)*] $other:tt $($rest:tt)*) => {
        $crate::tokens::variables!([$($found)*] $($rest)*)
    };
}
pub(crate) use variables;

type Variables<'a> = &'a [(&'a str, &'a dyn ToTokens)];

/// What `code!` calls. That `code` can be read is certain: the compiler has read it before.
pub(crate) fn filled_in(code: &str, span: Span, variables: Variables) -> TokenStream {
    fill_in(code.parse().unwrap_or_default(), span, variables)
}

fn fill_in(code: TokenStream, span: Span, variables: Variables) -> TokenStream {
    let variable = |name: &TokenTree| {
        let name = name.to_string();
        variables.iter().find(|(known, _)| *known == name)
    };
    let mut filled = TokenStream::new();
    let mut code = code.into_iter().peekable();
    while let Some(mut token) = code.next() {
        let is_sign = matches!(&token, TokenTree::Punct(sign) if sign.as_char() == '#');
        if let (true, Some((_, value))) = (is_sign, code.peek().and_then(variable)) {
            filled.extend(value.to_tokens());
            code.next();
            continue;
        }
        if let TokenTree::Group(group) = &token {
            let content = fill_in(group.stream(), span, variables);
            token = Group::new(group.delimiter(), content).into();
        }
        token.set_span(span);
        filled.extend([token]);
    }
    filled
}

/// Where generated tokens come from: names that are neither visible to the user nor, as rustc
/// and clippy see it, written by the user.
pub(crate) fn here() -> Span {
    Span::mixed_site()
}

/// `Some(value)`
pub(crate) fn some(value: &dyn ToTokens) -> TokenStream {
    code!(here()=> ::core::option::Option::Some(#value))
}
