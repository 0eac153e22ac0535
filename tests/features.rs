//! What the library is without its features. Without `tokio`, a program that depends on it compiles no
//! tokio, and hears what it takes where it asks for it. Without `macros`, it compiles no attributes and
//! nothing that they are made of, and is an app by hand.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// A package that depends on the library as it comes.
struct Package(TempDir);

impl Package {
    fn new(program: &str) -> Self {
        Self::with("", program)
    }

    /// `keys` is what stands behind the dependency's path.
    fn with(keys: &str, program: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().expect("there is room");
        let library = workspace.join("runtime");
        // Each has a name of its own: cargo takes packages of one name for one, wherever they are, and says nothing of
        // a program that is older than the last one that it has checked.
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let manifest = format!(
            "[package]\nname = \"user-{number}\"\nedition = \"2024\"\n\n\
             [dependencies]\naplomb = {{ path = {:?}{keys} }}\n\n[workspace]\n",
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

    /// The names of the crates that are compiled for it.
    fn crates(&self) -> Vec<String> {
        let tree = self.cargo(&[
            "tree",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        assert!(tree.status.success(), "{tree:?}");
        let tree = String::from_utf8(tree.stdout).expect("names are UTF-8");
        let names = tree.lines().filter_map(|line| line.split(' ').next());
        names.map(str::to_string).collect()
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
    let expected = [
        "src/main.rs:2:1: error: an `async fn main` needs an executor",
        "",
        "help: enable the feature `tokio` of `aplomb`, or name one: `block_on = smol::block_on`",
    ];
    for key in ["", ", worker_threads = 4", ", runtime = build"] {
        let package = Package::new(&format!(
            "#[aplomb::app(run{key})]\nasync fn main() {{}}\n\nasync fn run() {{}}\n"
        ));
        assert_eq!(package.errors(), expected, "{key}");
    }
}

#[test]
fn systemd_needs_its_feature() {
    let package = Package::new("#[aplomb::app(run, systemd)]\nfn main() {}\n\nfn run() {}\n");
    let expected = [
        "src/main.rs:1:20: error: `systemd` needs the feature of that name",
        "",
        "help: enable the feature `systemd` of `aplomb`, or remove the key",
    ];
    assert_eq!(package.errors(), expected);
}

#[test]
fn systemd_needs_no_other_feature() {
    let package = Package::with(
        ", default-features = false, features = [\"systemd\"]",
        "use aplomb::systemd::{Systemd, listen_fds};\n\
         use aplomb::{Absent, App, Shutdown};\n\n\
         fn main() {\n    \
             App::new(Absent, run, Absent).systemd(Systemd::new().check(|| true)).main()\n\
         }\n\n\
         fn run(shutdown: &Shutdown) {\n    \
             assert!(listen_fds().unwrap().is_empty());\n    \
             shutdown.progress(\"done\");\n\
         }\n",
    );
    assert_eq!(package.errors(), [""; 0]);
    let output = package.cargo(&["run", "--quiet"]);
    assert!(output.status.success(), "{output:?}");
    let without = Package::with(", default-features = false", "fn main() {}\n");
    assert_eq!(package.crates()[1..], without.crates()[1..]);
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
    let crates = Package::new("fn main() {}\n").crates();
    let has = |name: &str| crates.iter().any(|it| it == name);
    assert!(has("aplomb-macros") && has("syn"), "{crates:?}");
    assert!(!has("tokio") && !has("tokio-util"), "{crates:?}");
    assert!(!has("tracing") && !has("tracing-core"), "{crates:?}");
}

#[test]
fn a_reporter_that_is_not_there_names_the_feature() {
    let program = "#[aplomb::app(run, report = aplomb::tracing)]\nfn main() {}\n\nfn run() {}\n";
    let output = Package::new(program).cargo(&["check", "--quiet"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        text.contains("gated behind the `tracing` feature"),
        "{text}"
    );
    let with = Package::with(", features = [\"tracing\"]", program);
    assert_eq!(with.errors(), [""; 0]);
}

#[test]
fn no_attributes_are_compiled() {
    let without = ", default-features = false";
    let all =
        ", default-features = false, features = [\"process\", \"systemd\", \"tokio\", \"tracing\"]";
    for keys in [without, all] {
        let crates = Package::with(keys, "fn main() {}\n").crates();
        let attributes = ["aplomb-macros", "syn", "quote", "proc-macro2"];
        let compiled = crates.iter().find(|it| attributes.contains(&it.as_str()));
        assert_eq!(compiled, None, "{crates:?}");
        assert!(
            crates.iter().any(|it| it == "signal-hook-registry"),
            "{crates:?}"
        );
    }
}

#[test]
fn an_app_by_hand_needs_no_attributes() {
    let package = Package::with(
        ", default-features = false",
        "use aplomb::{App, Shutdown, shield, signal};\n\n\
         fn main() {\n    \
             App::new(start, run, stop).on(signal::SIGHUP, reload).force_after(3).main()\n\
         }\n\n\
         fn start() -> Result<Vec<u8>, String> { Ok(Vec::new()) }\n\
         fn run(_: &Vec<u8>, shutdown: &Shutdown) { shutdown.request(\"done\") }\n\
         fn reload(_: &Vec<u8>) {}\n\
         fn stop(_: Vec<u8>) { let _shield = shield(\"stop\"); }\n",
    );
    assert_eq!(package.errors(), [""; 0]);
    let output = package.cargo(&["run", "--quiet"]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn an_attribute_that_is_not_there_names_the_feature() {
    let package = Package::with(
        ", default-features = false",
        "#[aplomb::app(run)]\nfn main() {}\n",
    );
    let output = package.cargo(&["check", "--quiet"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("gated behind the `macros` feature"), "{text}");
}
