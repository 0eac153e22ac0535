//! What the attributes accept, and the exact words with which they refuse the rest.
//!
//! Each file of `tests/ui/fail` holds one mistake, and beside it stands the one error that it
//! gets. `TRYBUILD=overwrite` writes those anew; read the diff then.

mod compiler;

use std::fs;
use std::path::{Path, PathBuf};

use compiler::rustc_is_as_recorded;
use trybuild::TestCases;

#[test]
fn accepted() {
    TestCases::new().pass("tests/ui/pass/*.rs");
}

#[test]
fn refused_by_app() {
    TestCases::new().compile_fail("tests/ui/fail/app/*.rs");
}

#[test]
fn refused_by_shielded() {
    TestCases::new().compile_fail("tests/ui/fail/shielded/*.rs");
}

/// The other mistakes are found by rustc: through the types of the phases, or in what we write.
#[test]
fn refused_by_rustc() {
    if rustc_is_as_recorded() {
        let cases = TestCases::new();
        cases.compile_fail("tests/ui/fail/phases/*.rs");
        cases.compile_fail("tests/ui/fail/rustc/*.rs");
    }
}

/// A mistake is reported once, with what to do; it does not make rustc find further ones.
#[test]
fn one_mistake_is_one_error() {
    for record in records() {
        let text = fs::read_to_string(&record).expect("the record can be read");
        let errors = text
            .lines()
            .filter(|line| line.starts_with("error"))
            .count();
        let name = record
            .file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        if name.starts_with("several") {
            assert!(errors > 1, "{name}: {errors} errors");
        } else {
            assert_eq!(errors, 1, "{name}:\n{text}");
        }
        assert!(
            !text.lines().any(|line| line.starts_with("warning")),
            "{name}:\n{text}"
        );
    }
}

/// The words of the attributes begin in lower case, do not end in a period, and offer help.
#[test]
fn messages_have_one_form() {
    for record in records() {
        let text = fs::read_to_string(&record).expect("the record can be read");
        let lines: Vec<_> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let Some(problem) = line.strip_prefix("error: ") else {
                continue;
            };
            if lines.get(number + 1).is_none_or(|next| !next.is_empty()) {
                continue; // One of rustc's own.
            }
            let help = lines.get(number + 2).map_or("", |line| line.trim());
            let place = format!("{}: {problem}", record.display());
            assert!(help.starts_with("help: "), "{place}");
            assert!(!problem.starts_with(char::is_uppercase), "{place}");
            assert!(!problem.ends_with('.') && !help.ends_with('.'), "{place}");
        }
    }
}

fn records() -> Vec<PathBuf> {
    let fail = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/fail");
    let files = ["app", "shielded", "phases", "rustc"]
        .into_iter()
        .flat_map(|folder| {
            let folder = fs::read_dir(fail.join(folder)).expect("the folder is there");
            folder.map(|file| file.expect("it can be listed").path())
        });
    files
        .filter(|file| file.extension().is_some_and(|it| it == "stderr"))
        .collect()
}
