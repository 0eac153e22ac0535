//! A program that has no app: starts the program that the second argument names, and a shell with the text of the
//! third.

use std::env;
use std::process::Command;

use aplomb::process;
use futures_executor::block_on;

use crate::script::say;

pub(crate) fn main() {
    let argument = |position| env::args().nth(position).expect("there are three");
    if let Err(error) = process::spawn(Command::new(argument(2))) {
        say(format!("failed: {error}"));
    }
    let mut shell = Command::new("sh");
    let status = block_on(process::status_async(shell.args(["-c", &argument(3)])));
    say(status.expect("nobody else reaps it").to_string());
}
