//! What the library is without its feature `tokio`: a program that depends on it compiles no
//! tokio, and hears what it takes where it asks for it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A package that depends on the library as it comes.
struct Package(TempDir);

impl Package {
    fn new(program: &str) -> Self {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().expect("there is room");
        let library = workspace.join("runtime");
        let manifest = format!(
            "[package]\nname = \"user\"\nedition = \"2024\"\n\n\
             [dependencies]\naplomb.path = {:?}\n\n[workspace]\n",
            library.display().to_string()
        );
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("it can be written");
        };
        fs::create_dir(folder.path().join("src")).expect("it can be made");
        write("Cargo.toml", &manifest);
        write("src/main.rs", program);
        // The versions that are here already, so that it takes no network.
        let lock = fs::read_to_string(workspace.join("Cargo.lock")).expect("there is one");
        write("Cargo.lock", &lock);
        Self(folder)
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(arguments)
            .arg("--offline")
            .current_dir(self.0.path())
            // One folder for all: the library is compiled once.
            .env("CARGO_TARGET_DIR", env!("CARGO_TARGET_TMPDIR"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs")
    }

    /// What the compiler says about the program, one line for each of its lines.
    fn errors(&self) -> Vec<String> {
        let output = self.cargo(&["check", "--quiet", "--message-format", "short"]);
        let text = String::from_utf8_lossy(&output.stderr);
        let lines = text.lines().map(|line| line.trim().to_string());
        lines
            .skip_while(|line| !line.starts_with("src/main.rs"))
            .take_while(|line| !line.starts_with("error: could not compile"))
            .collect()
    }
}

#[test]
fn an_async_main_needs_an_executor() {
    let package = Package::new("#[aplomb::app(run)]\nasync fn main() {}\n\nasync fn run() {}\n");
    let expected = [
        "src/main.rs:2:1: error: an `async fn main` needs an executor",
        "",
        "help: enable the feature `tokio` of `aplomb`, or name one: `block_on = smol::block_on`",
    ];
    assert_eq!(package.errors(), expected);
}

#[test]
fn a_shielded_async_fn_needs_tokio() {
    let package = Package::new(
        "#[aplomb::shielded]\nasync fn commit(_: &u8) {}\n\nfn main() {\n    drop(commit(&1));\n}\n",
    );
    let expected = [
        "src/main.rs:2:1: error: a shielded `async fn` becomes a task of its own, which needs tokio",
        "",
        "help: enable the feature `tokio` of `aplomb`, or write `#[shielded(inline)]`",
    ];
    assert_eq!(package.errors(), expected);
}

#[test]
fn what_needs_no_tokio_works_without_it() {
    let package = Package::new(
        "#[aplomb::app(run, block_on = block_on)]\nasync fn main() {}\n\n\
         #[aplomb::shielded(inline)]\nasync fn run() {}\n\n\
         fn block_on<F: Future>(_: F) -> F::Output {\n    unimplemented!()\n}\n",
    );
    assert_eq!(package.errors(), [""; 0]);
    assert!(package.cargo(&["check"]).status.success());
}

#[test]
fn no_tokio_is_compiled() {
    let package = Package::new("fn main() {}\n");
    let tree = package.cargo(&["tree", "--package", "aplomb", "--edges", "normal"]);
    let tree = String::from_utf8_lossy(&tree.stdout);
    assert!(tree.contains("aplomb-macros"), "{tree}");
    assert!(!tree.contains("tokio"), "{tree}");
}
