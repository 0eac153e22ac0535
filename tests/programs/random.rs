//! The program of `tests/scripts.rs`: an app whose functions do what its arguments say, step by step, and note each
//! step with its time.
//!
//! Arguments are those of [`stepwise::script::Script`]. What is noted goes to standard input, which is the writing end
//! of a pipe: all processes that the program starts inherit it without more ado, so its other end learns when the last
//! one has ended.

#[cfg(target_os = "linux")]
mod stepwise;

fn main() {
    // The standard library makes its standard output when that is used first. A child that is forked meanwhile would
    // wait for that at its exit, for ever.
    drop(std::io::stdout());
    #[cfg(target_os = "linux")]
    stepwise::main();
}
