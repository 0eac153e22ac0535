//! Values and errors that panic where nobody expects it.

use std::fmt;

use super::{option, say};

/// Panics when it is dropped, and says so before.
pub(crate) struct Bomb(pub(crate) &'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        say(format!("drops {}", self.0));
        panic!("the drop of {}", self.0);
    }
}

/// Panics when it is printed, and once more when it is dropped.
pub(crate) struct Fault;

impl fmt::Debug for Fault {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("the Debug of an error");
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        panic!("the drop of an error");
    }
}

/// Which case is tried; its exit functions say `bye`.
pub(crate) fn case() -> &'static str {
    aplomb::at_exit(|| say("bye"));
    option("case").expect("case= says which")
}
