//! Whoever makes a mistake in a shielded function reads what they would read without the
//! attribute, byte for byte. `tests/parity` holds one mistake a file; where the compiler does say
//! something else, `*.difference` keeps exactly what. `BLESS=1` writes those anew.

mod compiler;

use std::{env, fs};

use compiler::{compile, files, messages, rustc_is_as_recorded, twins};

#[test]
fn the_same_messages() {
    if !rustc_is_as_recorded() {
        return;
    }
    let mut differing = Vec::new();
    for file in files("parity", ".rs") {
        let [plain, shielded] = twins(&file).map(|twin| {
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
        let record = file.with_extension("difference");
        let actual = difference(&plain, &shielded);
        if env::var_os("BLESS").is_some() {
            let _ = fs::remove_file(&record);
            if !actual.is_empty() {
                fs::write(&record, actual).expect("the record can be written");
            }
        } else if fs::read_to_string(&record).unwrap_or_default() != actual {
            differing.push(format!("{}:\n{actual}", file.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
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
