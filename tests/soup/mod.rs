//! What the attributes make of anything at all: of tokens in no order, and of what people have written with tokens
//! lost, doubled, exchanged, or not yet there. They never panic; what comes out is Rust wherever the function is; and
//! it holds that function, so that neither rustc nor an editor loses it.
//!
//! `SOUP=1000000` tries so many of each kind.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::{env, fs};

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, File, ImplItem, Item, ItemFn, TraitItem};

use super::{app, shielded};

/// An attribute on an item.
#[derive(Clone)]
struct Written {
    arguments: TokenStream,
    item: TokenStream,
}

#[test]
fn nothing_that_was_changed_panics() {
    let all = all_written();
    assert!(all.len() > 300, "{} functions", all.len());
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let rounds = rounds(all.len() * 20);
    for round in 0..rounds {
        let (original, other) = (random.of(&all).clone(), random.of(&all));
        let mut changed = original;
        for _ in 0..=random.below(2) {
            if random.below(2) == 0 {
                changed.arguments = random.changed(&changed.arguments, &other.arguments);
            } else {
                changed.item = random.changed(&changed.item, &other.item);
            }
        }
        check(round, &changed);
    }
}

#[test]
fn nothing_that_has_only_begun_panics() {
    let mut tried = 0;
    for written in all_written() {
        let arguments = beginnings(&written.arguments).map(|arguments| Written {
            arguments,
            ..written.clone()
        });
        let items = beginnings(&written.item).map(|item| Written {
            item,
            ..written.clone()
        });
        for begun in arguments.chain(items).collect::<Vec<_>>() {
            tried += 1;
            check(tried, &begun);
        }
    }
    assert!(tried > 5_000, "{tried}");
}

#[test]
fn no_tokens_in_no_order_panic() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for round in 0..rounds(5_000) {
        let arguments = random.soup(3);
        let body = random.soup(2);
        check(
            round,
            &Written {
                arguments: arguments.clone(),
                item: quote!(fn main() { #body }),
            },
        );
        let item = random.soup(3);
        check(round, &Written { arguments, item });
    }
}

fn rounds(usual: usize) -> usize {
    let asked = env::var("SOUP").ok();
    asked.map_or(usual, |count| count.parse().expect("SOUP is a number"))
}

/// Both attributes have to bear it, whichever was written.
fn check(round: usize, written: &Written) {
    let Written { arguments, item } = written;
    for (name, expand) in [
        (
            "app",
            app::expand as fn(TokenStream, TokenStream) -> TokenStream,
        ),
        ("shielded", shielded::expand),
    ] {
        let expanded = catch_unwind(AssertUnwindSafe(|| expand(arguments.clone(), item.clone())));
        let place = || format!("round {round}: #[{name}({arguments})] {item}");
        let Ok(expanded) = expanded else {
            panic!("{}", place());
        };
        let Ok(function) = syn::parse2::<ItemFn>(item.clone()) else {
            continue;
        };
        let file = syn::parse2::<File>(expanded.clone());
        let file = file.unwrap_or_else(|error| panic!("{error} in {expanded}\n{}", place()));
        let has_it = file.items.iter().any(|item| match item {
            Item::Fn(item) => item.sig.ident == function.sig.ident,
            _ => false,
        });
        assert!(has_it, "{expanded}\n{}", place());
        // Without the inner attributes, which may be lifted out of it.
        let statements = function.block.stmts.iter().map(ToTokens::to_token_stream);
        let statements = without_spaces(&statements.collect());
        let text = without_spaces(&expanded);
        assert!(text.contains(&statements), "{expanded}\n{}", place());
        // An editor is told of the words, right or wrong. Others than the first one may belong to a value.
        let first = arguments.clone().into_iter().next();
        if let Some(TokenTree::Ident(word)) = first {
            let word = word.to_string();
            let is_told = [format!("{word}as_"), format!("{word}_as_")]
                .iter()
                .any(|hint| text.contains(hint));
            let is_phase = ["start", "run", "stop"].contains(&&*word.replace("r#", ""));
            assert!(is_told || is_phase, "{expanded}\n{}", place());
        }
    }
}

/// The words alone: what is parsed and written again may have other spaces between them.
fn without_spaces(tokens: &TokenStream) -> String {
    let text = tokens.to_string();
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// All functions under attributes of ours in the programs of the tests.
fn all_written() -> Vec<Written> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folders = [
        "expansion",
        "ui/pass",
        "ui/fail/app",
        "ui/fail/shielded",
        "lints",
    ];
    let mut files: Vec<_> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(tests.join(folder)).expect("the folder is there"))
        .map(|file| file.expect("it can be listed").path())
        .filter(|file| file.extension().is_some_and(|it| it == "rs"))
        .collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("the file can be read");
        if let Ok(file) = syn::parse_file(&text) {
            for item in file.items {
                gather(item, &mut found);
            }
        }
    }
    found
}

fn gather(item: Item, found: &mut Vec<Written>) {
    match item {
        Item::Fn(mut item) => note(take_ours(&mut item.attrs), &item, found),
        Item::Mod(item) => {
            let (_, items) = item.content.unwrap_or_default();
            for item in items {
                gather(item, found);
            }
        }
        Item::Impl(item) => {
            for item in item.items {
                if let ImplItem::Fn(mut item) = item {
                    note(take_ours(&mut item.attrs), &item, found);
                }
            }
        }
        Item::Trait(item) => {
            for item in item.items {
                if let TraitItem::Fn(mut item) = item {
                    note(take_ours(&mut item.attrs), &item, found);
                }
            }
        }
        _ => {}
    }
}

fn note(
    attributes: impl Iterator<Item = TokenStream>,
    item: &impl ToTokens,
    found: &mut Vec<Written>,
) {
    let item = item.to_token_stream();
    found.extend(attributes.map(|arguments| Written {
        arguments,
        item: item.clone(),
    }));
}

/// Takes our attributes away, and yields their arguments.
fn take_ours(attributes: &mut Vec<Attribute>) -> impl Iterator<Item = TokenStream> + use<> {
    let is_ours = |attribute: &mut Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|last| last.ident == "app" || last.ident == "shielded")
    };
    let ours: Vec<_> = attributes.extract_if(.., is_ours).collect();
    ours.into_iter().map(|attribute| match attribute.meta {
        syn::Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    })
}

/// The tokens, ended after each of them, at every depth.
fn beginnings(tokens: &TokenStream) -> std::vec::IntoIter<TokenStream> {
    let mut beginnings = Vec::new();
    let mut before = TokenStream::new();
    for token in tokens.clone() {
        beginnings.push(before.clone());
        if let TokenTree::Group(group) = &token {
            for inner in self::beginnings(&group.stream()) {
                let mut begun = before.clone();
                begun.extend([TokenTree::from(Group::new(group.delimiter(), inner))]);
                beginnings.push(begun);
            }
        }
        before.extend([token]);
    }
    beginnings.into_iter()
}

/// Marsaglia's xorshift: it has to be the same everywhere, and no more.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits fit") % end
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// One token at some depth lost, doubled, exchanged for one of the soup, or with a piece of `other` before it.
    fn changed(&mut self, tokens: &TokenStream, other: &TokenStream) -> TokenStream {
        let mut tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let other: Vec<TokenTree> = other.clone().into_iter().collect();
        let at = self.below(tokens.len() + 1);
        if let (Some(TokenTree::Group(group)), true) = (tokens.get(at), self.below(4) > 0) {
            let inner = self.changed(&group.stream(), &other.iter().cloned().collect());
            tokens[at] = Group::new(group.delimiter(), inner).into();
            return tokens.into_iter().collect();
        }
        match (self.below(4), tokens.get(at).cloned()) {
            (0, Some(_)) => drop(tokens.remove(at)),
            (1, Some(token)) => tokens.insert(at, token),
            (2, Some(_)) => tokens[at] = self.token(1),
            _ if other.is_empty() => tokens.insert(at, self.token(1)),
            _ => {
                let from = self.below(other.len());
                let to = from + 1 + self.below(other.len() - from);
                tokens.splice(at..at, other[from..to].iter().cloned());
            }
        }
        tokens.into_iter().collect()
    }

    fn soup(&mut self, depth: usize) -> TokenStream {
        (0..self.below(12)).map(|_| self.token(depth)).collect()
    }

    fn token(&mut self, depth: usize) -> TokenTree {
        const WORDS: &str = "start run stop optional components signals on timeout deadline drain grace exit_wait explain limits observe report systemd check extend ready announced force_after exit crate \
                             reap_orphans terminal flavor worker_threads runtime block_on name inline SIGINT SIGHUP SIGKILL SIG main \
                             fn async unsafe const extern pub mod impl struct use self Self super dyn where move if \
                             match let as for static mut ref true _ r#run r#loop r#fn u8 Result ExitCode é";
        match self.below(if depth == 0 { 10 } else { 13 }) {
            0..4 => {
                let words: Vec<_> = WORDS.split_whitespace().collect();
                let word = self.of(&words);
                match word.strip_prefix("r#") {
                    Some(word) => Ident::new_raw(word, Span::call_site()).into(),
                    None => Ident::new(word, Span::call_site()).into(),
                }
            }
            4..8 => {
                let signs: Vec<_> = "=,,,=:;<>.-+*/&|!?#@$^%~'".chars().collect();
                let spacing = [Spacing::Alone, Spacing::Joint];
                // A `'` that is joint to nothing is no token.
                match *self.of(&signs) {
                    '\'' => Punct::new('-', Spacing::Alone).into(),
                    sign => Punct::new(sign, *self.of(&spacing)).into(),
                }
            }
            8..10 => match self.below(8) {
                0 => Literal::string("10s").into(),
                1 => Literal::string("start").into(),
                2 => Literal::string("\u{0}\"é").into(),
                3 => Literal::u8_suffixed(3).into(),
                4 => Literal::u128_unsuffixed(u128::MAX).into(),
                5 => Literal::f64_unsuffixed(1.5).into(),
                6 => Literal::byte_string(b"10s").into(),
                _ => Literal::character('s').into(),
            },
            _ => {
                let delimiters = [
                    Delimiter::Parenthesis,
                    Delimiter::Brace,
                    Delimiter::Bracket,
                    Delimiter::None,
                ];
                Group::new(*self.of(&delimiters), self.soup(depth - 1)).into()
            }
        }
    }
}
