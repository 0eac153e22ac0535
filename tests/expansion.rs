//! What the attributes write, as files that can be read: `tests/expansion/*.rs` is what a user writes, `*.expanded.rs`
//! beside it is what the compiler gets. `BLESS=1` writes the latter anew; read the diff then. What is written for an
//! editor alone is in the records of `hints*.rs`, and left out of the others.
//!
//! The macros are called as ordinary functions here, which is why `macros/src` is a part of this
//! test once more.

// A module's public half is used by the other modules, not by this test.
#![allow(dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io::Write};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

#[path = "../macros/src"]
mod macros {
    pub(crate) mod app;
    pub(crate) mod arguments;
    pub(crate) mod editor;
    pub(crate) mod errors;
    pub(crate) mod function;
    pub(crate) mod shielded;
}
// The modules know each other by their paths in their own crate.
use macros::{app, arguments, editor, errors, function, shielded};

mod soup;

/// Replaces each item under one of our attributes by what the attribute makes of it; the files
/// hold nothing else than items with attributes, and `impl` or `trait` blocks of such items.
fn expand(source: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = source.into_iter().collect();
    let mut written = TokenStream::new();
    while let Some((attribute, arguments)) = first_attribute(&tokens) {
        let end = item_end(&tokens);
        let item = tokens
            .get(2..end)
            .expect("an item follows")
            .iter()
            .cloned()
            .collect();
        written.extend(match &*attribute {
            "app" => app::expand(arguments, item),
            "shielded" => shielded::expand(arguments, item),
            other => panic!("`#[{other}]` comes first in no file here"),
        });
        tokens.drain(..end);
    }
    for token in tokens {
        written.extend([match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                Group::new(Delimiter::Brace, expand(group.stream())).into()
            }
            token => token,
        }]);
    }
    written
}

fn first_attribute(tokens: &[TokenTree]) -> Option<(String, TokenStream)> {
    let [TokenTree::Punct(pound), TokenTree::Group(content), ..] = tokens else {
        return None;
    };
    assert_eq!(pound.as_char(), '#');
    let mut content = content.stream().into_iter();
    let name = content.next()?.to_string();
    let arguments = match content.next() {
        Some(TokenTree::Group(arguments)) => arguments.stream(),
        _ => TokenStream::new(),
    };
    Some((name, arguments))
}

/// An item ends with the first `;` or `{…}`.
fn item_end(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    1 + tokens.iter().position(ends).expect("an item has an end")
}

fn formatted(tokens: &TokenStream) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config", "newline_style=Unix"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("rustfmt is part of the toolchain");
    let mut stdin = rustfmt.stdin.take().expect("it is piped");
    stdin
        .write_all(tokens.to_string().as_bytes())
        .expect("rustfmt reads");
    drop(stdin);
    let output = rustfmt.wait_with_output().expect("rustfmt ends");
    assert!(output.status.success(), "rustfmt refuses: {tokens}");
    String::from_utf8(output.stdout).expect("rustfmt writes UTF-8")
}

fn expanded(file: &Path) -> String {
    let source = fs::read_to_string(file).expect("the file can be read");
    let written = expand(source.parse().expect("the file is Rust"));
    let name = file.file_name().expect("it is a file").to_string_lossy();
    if name.starts_with("hints") {
        return formatted(&written);
    }
    formatted(&without_hints(written))
}

/// Leaves out what an editor alone reads: `#[allow(unexpected_cfgs)] const _: () = { .. };`.
fn without_hints(tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let begins =
        |two: &[TokenTree]| two[1].to_string().replace(' ', "") == "[allow(unexpected_cfgs)]";
    while let Some(start) = tokens.windows(2).position(begins) {
        let is_end = |token: &TokenTree| token.to_string() == ";";
        let length = tokens[start..].iter().position(is_end);
        let length = length.expect("a constant has an end");
        tokens.drain(start..=start + length);
    }
    let inside = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let content = without_hints(group.stream());
            Group::new(group.delimiter(), content).into()
        }
        token => token,
    });
    inside.collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansion")
}

/// What a user writes.
fn sources() -> Vec<PathBuf> {
    let files = fs::read_dir(folder()).expect("the folder is there");
    let files = files.map(|file| file.expect("it can be listed").path());
    let sources: Vec<_> = files
        .filter(|file| !file.to_string_lossy().ends_with(".expanded.rs"))
        .collect();
    assert!(!sources.is_empty(), "there are files to expand");
    sources
}

#[test]
fn each_file_is_expanded_as_recorded() {
    let mut differing = Vec::new();
    for file in sources() {
        let record = file.with_extension("expanded.rs");
        let actual = expanded(&file);
        if env::var_os("BLESS").is_some() {
            fs::write(&record, actual).expect("the record can be written");
        } else if fs::read_to_string(&record).unwrap_or_default() != actual {
            differing.push(format!("{}:\n{actual}", record.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// The promise of a thin expansion: what it does, it does in the library.
#[test]
fn the_smallest_apps_are_short() {
    for (file, most) in [("app_smallest.rs", 10), ("app_async_smallest.rs", 12)] {
        let lines = expanded(&folder().join(file)).lines().count();
        assert!(lines <= most, "{file}: {lines} lines");
    }
}

/// A user's `#![forbid(unsafe_code)]` holds for what is generated, too.
#[test]
fn nothing_unsafe_is_added() {
    for file in sources() {
        let source = fs::read_to_string(&file).expect("the file can be read");
        let count = |text: &str| text.matches("unsafe").count();
        let written = expanded(&file);
        assert_eq!(count(&source), count(&written), "{}", file.display());
    }
}

/// Above `#[app]`, `#[tokio::main]` is gone by the time that we are called: what it made of the
/// body is all there is.
#[test]
fn what_tokio_makes_of_main_is_recognised() {
    let made = quote! {
        fn main() {
            let body = async {};
            {
                return tokio::runtime::Builder::new_multi_thread()
                    .enable_all()
                    .build()
                    .expect("Failed building the Runtime")
                    .block_on(body);
            }
        }
    };
    let tokens = app::expand(quote!(run), made).to_string();
    assert!(
        tokens.contains("`#[tokio::main]` would build its runtime"),
        "{tokens}"
    );
}

/// The library's table of signals says what each may be. The attribute knows only their names, to find what was meant.
/// The keys of `#[app]` by its own words: what it says of a key that there is none like.
fn keys() -> Vec<String> {
    let main = quote!(
        fn main();
    );
    let tokens = app::expand(quote!(zzzzzzzz), main).to_string();
    let (_, keys) = tokens.split_once("the keys are `").expect("the keys");
    let (keys, _) = keys.split_once("`\"").expect("an end of the message");
    keys.split("`, `").map(str::to_owned).collect()
}

/// A key that no module stands for is unknown in an editor, and one that no page tells of is unknown to users.
#[test]
fn each_key_has_its_documents() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path| fs::read_to_string(root.join(path)).expect(path);
    let modules = read("runtime/src/__private/keys.rs");
    let (modules, _) = modules
        .split_once("pub mod timeout {\n    /// ")
        .expect("the module of the keys comes first");
    let page = read("macros/docs/app.md");
    let keys = keys();
    assert!(keys.len() > 15, "{keys:?}");
    for key in keys {
        let module = if key == "crate" { "crate_" } else { &key };
        assert!(modules.contains(&format!("pub mod {module} {{")), "{key}");
        assert!(page.contains(&format!("`{key}")), "{key}");
    }
}

#[test]
fn each_signal_of_the_library_is_known() {
    let names: Vec<_> = (1..=31).filter_map(aplomb::signal::name).collect();
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        let name = quote::format_ident!("{name}");
        let tokens = app::expand(
            quote!(run, on(#name = noted)),
            quote!(
                fn main();
            ),
        );
        assert!(!tokens.to_string().contains("compile_error"), "{tokens}");
    }
}
