//! Small async programs that are about one thing each; the first argument chooses which.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "most scenes are for Linux alone")
)]

mod async_scene;
mod async_script;
mod script;

fn main() {
    async_scene::main();
}
