//! Small async programs that are about one thing each; the first argument chooses which.

#[cfg(target_os = "linux")]
mod async_scene;
#[cfg(target_os = "linux")]
mod async_script;
#[cfg(target_os = "linux")]
mod script;

fn main() {
    #[cfg(target_os = "linux")]
    async_scene::main();
}
