//! The program that most rows are about: its phases do what its arguments say.

#[cfg(unix)]
mod async_script;
#[cfg(unix)]
mod script;
#[cfg(unix)]
mod scripted;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    scripted::main()
}

#[cfg(not(unix))]
fn main() {}
