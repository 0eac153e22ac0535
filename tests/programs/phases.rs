//! The program that most rows are about: its phases do what its arguments say.

mod async_script;
mod script;
mod scripted;

fn main() -> std::process::ExitCode {
    scripted::main()
}
