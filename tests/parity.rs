//! Whoever makes a mistake in a shielded function reads what they would read without the
//! attribute, byte for byte. `tests/parity` holds one mistake a file; where the compiler does say
//! something else, `*.difference` keeps exactly what. `BLESS=1` writes those anew.

mod compiler;

use std::path::Path;
use std::{env, fs};

use compiler::{ATTRIBUTE, INLINE, compile, files, messages, rustc_is_as_recorded, twins_with};

#[test]
fn the_same_messages() {
    if rustc_is_as_recorded() {
        let differing = files("parity", ".rs").into_iter().filter_map(|file| {
            let record = file.with_extension("difference");
            compare(&file, ATTRIBUTE, &record).1
        });
        let differing: Vec<_> = differing.collect();
        assert!(differing.is_empty(), "{}", differing.join("\n"));
    }
}

/// The body of an `async fn` becomes a block, which rustc has other words for. They are so many
/// lines less and more, all in all: whoever changes that shall notice.
const LINES_OF_ASYNC: usize = 25;

#[test]
fn nearly_the_same_messages_for_async() {
    if !rustc_is_as_recorded() {
        return;
    }
    for (name, attribute) in [("inline", INLINE), ("task", ATTRIBUTE)] {
        let mut differing = Vec::new();
        let mut lines = 0;
        for file in files("parity/async", ".rs") {
            let record = file.with_extension(format!("{name}.difference"));
            let (count, unexpected) = compare(&file, attribute, &record);
            lines += count;
            differing.extend(unexpected);
        }
        assert!(differing.is_empty(), "{}", differing.join("\n"));
        assert_eq!(lines, LINES_OF_ASYNC, "{name}");
    }
}

/// How many lines differ, and which, where the record says something else.
fn compare(file: &Path, attribute: &str, record: &Path) -> (usize, Option<String>) {
    let [plain, shielded] = twins_with(file, attribute).map(|twin| {
        let how = [
            "--edition=2024",
            "--crate-type=lib",
            "--emit=metadata",
            "-Wunused",
        ];
        let text = messages(&compile("rustc", &twin, &how));
        assert!(!text.is_empty(), "{} holds no mistake", file.display());
        text
    });
    let actual = difference(&plain, &shielded);
    let lines = actual.lines().count();
    if env::var_os("BLESS").is_some() {
        let _ = fs::remove_file(record);
        if !actual.is_empty() {
            fs::write(record, actual).expect("the record can be written");
        }
        return (lines, None);
    }
    let same = fs::read_to_string(record).unwrap_or_default() == actual;
    (
        lines,
        (!same).then(|| format!("{}:\n{actual}", record.display())),
    )
}

/// The lines that are only in the one text, and those that are only in the other.
fn difference(plain: &str, shielded: &str) -> String {
    let mut lines = String::new();
    for (sign, these, those) in [("- ", plain, shielded), ("+ ", shielded, plain)] {
        for line in these
            .lines()
            .filter(|line| !those.lines().any(|other| other == *line))
        {
            lines.extend([sign, line, "\n"]);
        }
    }
    if lines.is_empty() && plain != shielded {
        return "the same lines in another order or number\n".into();
    }
    lines
}
