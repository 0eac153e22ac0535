//! Small programs that are about one thing each; the first argument chooses which.

#[cfg(target_os = "linux")]
mod scene;
#[cfg(target_os = "linux")]
mod script;

fn main() {
    #[cfg(target_os = "linux")]
    scene::main();
}
