//! What the benchmarks share: a table with verdicts, a median, a few looks at the machine.

// Each benchmark is a crate of its own that takes what it needs from here.
#![allow(
    dead_code,
    reason = "shared by three crates, none of which uses all of it"
)]

pub(crate) mod machine;
pub(crate) mod stats;
pub(crate) mod table;
