//! A shielded function gets the warnings that it would get without the attribute, no more and no
//! fewer; and it drops what it holds in the same order, in each edition.

mod compiler;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use compiler::{ATTRIBUTE, INLINE, compile, files, messages, twins, twins_with};

/// All lints that we can turn on: groups of them, and single ones that are in none of these groups.
const LINTS: &str = "-Wclippy::all -Wclippy::pedantic -Wclippy::nursery -Wclippy::restriction \
    -Wunused -Wfuture_incompatible -Wlet_underscore -Wnonstandard_style -Wrust_2018_idioms \
    -Wrust_2021_compatibility -Wrust_2024_compatibility -Wmissing_docs -Wunreachable_pub \
    -Wunused_qualifications -Wsingle_use_lifetimes -Wunused_lifetimes -Wtrivial_casts \
    -Wunit_bindings -Wunused_results -Wvariant_size_differences -Welided_lifetimes_in_paths";

/// The warnings that differ, and why that is right or cannot be avoided.
const EXPECTED: [(&str, &str); 13] = [
    // A shield acts at run time, so a shielded function cannot be `const`.
    ("lost", "this could be a `const fn`"),
    // Clippy looks for these at the end of a function, and not into a `match` there.
    ("lost", "enclosing `Ok` and `?` operator are unneeded"),
    ("lost", "default numeric fallback might occur"),
    // This lint looks at outer attributes only, and the attributes of a body become outer ones.
    ("new", "#[allow] attribute found"),
    // `implicit_return` is off unless asked for; it then wants `return` at the same functions, but
    // shows the attribute.
    ("lost", "missing `return` statement"),
    ("new", "missing `return` statement"),
    // A shielded `async fn` always awaits something.
    (
        "lost",
        "unused `async` for function with no await statements",
    ),
    // The body of an `async fn` becomes a block, and clippy does not give these warnings for such a block.
    ("lost", "unneeded `return` statement"),
    ("lost", "redundant clone"),
    ("lost", "docs for function returning `Result` missing"),
    // The lifetime is named once more in the block that the body becomes.
    ("lost", "the following explicit lifetimes could be elided"),
    // This warning is in another column, since a function that becomes a task begins with `fn` and not with
    // `async`.
    ("lost", "this function has too many arguments"),
    ("new", "this function has too many arguments"),
];

fn warnings(file: &Path, edition: &str) -> BTreeSet<String> {
    let all = LINTS.split_whitespace();
    let how = [
        "--edition",
        edition,
        "--crate-type=lib",
        "--emit=metadata",
        "--error-format=short",
    ];
    let arguments: Vec<_> = how.into_iter().chain(all).collect();
    let output = compile("clippy-driver", file, &arguments);
    let text = messages(&output);
    assert!(output.status.success(), "{text}");
    let lines = text.lines().filter(|line| line.contains(": warning: "));
    lines.map(String::from).collect()
}

#[test]
fn the_same_warnings() {
    let [asynchronous, plain] = &files("lints", "shapes.rs")[..] else {
        panic!("two files")
    };
    compare(plain, "2024");
    for edition in ["2018", "2021", "2024"] {
        compare(asynchronous, edition);
    }
}

fn compare(file: &Path, edition: &str) {
    let [plain, shielded] = twins(file).map(|twin| warnings(&twin, edition));
    assert!(plain.len() > 100, "all lints are on: {plain:#?}");
    for line in plain.symmetric_difference(&shielded) {
        let change = if plain.contains(line) { "lost" } else { "new" };
        let expected = EXPECTED
            .iter()
            .any(|(how, text)| change == *how && line.contains(text));
        assert!(expected, "{change} in edition {edition}: {line}");
    }
}

/// An app has no twin without the attribute; so nothing at all may be said about it.
#[test]
fn no_warnings_in_an_app() {
    let chosen = LINTS.split_whitespace().filter(|lint| {
        // These two are about what a user wrote, `println!` and words without documentation.
        !["-Wclippy::restriction", "-Wmissing_docs"].contains(lint)
    });
    let chosen: Vec<_> = chosen.collect();
    for file in files("lints", "app.rs") {
        for edition in ["2018", "2021", "2024"] {
            let place = env!("CARGO_TARGET_TMPDIR");
            let how = [
                "--edition",
                edition,
                "--emit=metadata",
                "--out-dir",
                place,
                "-Dwarnings",
            ];
            let arguments = [&how[..], &chosen].concat();
            let output = compile("clippy-driver", &file, &arguments);
            assert!(output.status.success(), "{}", messages(&output));
            assert_eq!(messages(&output), "");
        }
    }
}

/// Generated braces around the body would silence this warning, for the function and all that it calls.
#[test]
fn dead_code_is_still_found() {
    for file in files("lints", "shapes.rs") {
        let [plain, shielded] = twins(&file).map(|twin| {
            let dead = |line: &String| line.contains("is never ");
            warnings(&twin, "2024").into_iter().filter(dead).count()
        });
        assert!(plain > 20, "{plain}");
        assert_eq!(plain, shielded);
    }
}

#[test]
fn the_same_drop_order_in_each_edition() {
    let [asynchronous, plain] = &files("lints", "drops.rs")[..] else {
        panic!("two files")
    };
    // Edition 2024 drops the temporaries of a last expression earlier: so the comparison can
    // fail, and a shielded function of edition 2021 has not got the order of our edition.
    let orders = drop_orders(plain, ATTRIBUTE, &["2015", "2018", "2021", "2024"]);
    assert_eq!(orders.len(), 2, "{orders:#?}");
    for attribute in [ATTRIBUTE, INLINE] {
        let orders = drop_orders(asynchronous, attribute, &["2018", "2021", "2024"]);
        assert_eq!(orders.len(), 2, "{orders:#?}");
    }
}

fn drop_orders(file: &Path, attribute: &str, editions: &[&str]) -> BTreeSet<String> {
    let order = |edition: &&str| {
        let [plain, shielded] = twins_with(file, attribute).map(|twin| {
            let program = twin.with_extension(edition);
            let name = program.to_string_lossy();
            let output = compile("rustc", &twin, &["--edition", edition, "-o", &name]);
            assert!(output.status.success(), "{}", messages(&output));
            let output = Command::new(&program).output().expect("the program runs");
            assert!(output.status.success(), "{}", messages(&output));
            String::from_utf8_lossy(&output.stdout).into_owned()
        });
        assert_eq!(plain, shielded, "{attribute} in edition {edition}");
        plain
    };
    editions.iter().map(order).collect()
}
