use aplomb::app;

use std::process::ExitCode;

#[app(run)]
fn main() -> ExitCode {
    ExitCode::SUCCESS
}

fn run() {}
