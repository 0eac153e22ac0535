//! The program that sends the events of consoles on Windows; see `aplomb_testing::console_helper`.

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    aplomb_testing::console_helper()
}

#[cfg(not(windows))]
fn main() {}
