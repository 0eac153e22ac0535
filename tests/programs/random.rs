//! The program of `tests/scripts.rs`: an app whose functions do what its arguments say, step by step, and note each
//! step with its time.
//!
//! Arguments are those of [`stepwise::script::Script`]. What is noted goes to standard input, which is the writing end
//! of a pipe: all processes that the program starts inherit it without more ado, so its other end learns when the last
//! one has ended.

#[cfg(target_os = "linux")]
mod stepwise;

fn main() {
    #[cfg(target_os = "linux")]
    stepwise::main();
}
