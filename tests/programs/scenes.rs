//! Small programs that are about one thing each; the first argument chooses which.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "most scenes are for Linux alone")
)]

mod scene;
mod script;

fn main() {
    scene::main();
}
