//! What a program says. It never fails: that a reader is gone is what some rows are about.

use std::fs::OpenOptions;
use std::io::{self, Write};

/// A line on stdout, whole and at once.
pub(crate) fn say(line: impl AsRef<str>) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{}", line.as_ref());
}

/// A line on stderr.
pub(crate) fn complain(line: impl AsRef<str>) {
    let _ = writeln!(io::stderr().lock(), "{}", line.as_ref());
}

/// A line in the file that `marks=` names: for programs that have lost their terminal.
pub(crate) fn mark(line: &str) {
    let path = super::option("marks").expect("marks= names a file");
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| writeln!(file, "{line}"))
        .expect("the file of marks takes a line");
}
