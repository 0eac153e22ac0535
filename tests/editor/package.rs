//! What the tests need of the machine, and the package that the editor has open.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// rust-analyzer, where it is there and can see into the standard library.
pub(crate) fn rust_analyzer() -> Result<PathBuf, String> {
    let named = env::var_os("RUST_ANALYZER").map(PathBuf::from);
    let program = named.clone().unwrap_or_else(|| "rust-analyzer".into());
    // rustup leaves a program of that name on `PATH` which only says that the real one is not installed.
    let answers = Command::new(&program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !answers {
        assert!(named.is_none(), "RUST_ANALYZER={} fails", program.display());
        return Err("rust-analyzer on PATH, or named by RUST_ANALYZER".into());
    }
    if !has_std() {
        return Err("the standard library's source: rust-src, or RUST_SRC_PATH".into());
    }
    Ok(program)
}

fn has_std() -> bool {
    if let Some(named) = env::var_os("RUST_SRC_PATH") {
        let there = Path::new(&named).join("std").is_dir();
        assert!(
            there,
            "RUST_SRC_PATH is not the `library` folder of the source"
        );
        return there;
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = Command::new(rustc).args(["--print", "sysroot"]).output();
    sysroot.is_ok_and(|output| {
        let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_string();
        Path::new(&sysroot)
            .join("lib/rustlib/src/rust/library/std")
            .is_dir()
    })
}

/// Past the test runner, which keeps back what a test prints as long as it passes.
pub(crate) fn say_aloud(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The file that is edited. What is on the disk is not what the editor shows.
pub(crate) const FILE: &str = "src/main.rs";

/// A package that depends on the library, in a folder of its own.
pub(crate) fn package() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editor");
    let manifest = format!(
        "[package]\nname = \"user\"\nedition = \"2024\"\n\n[dependencies]\n\
         aplomb = {{ path = {:?}, features = [\"systemd\", \"tokio\"] }}\nasync-trait = \"0.1\"\n\n[workspace]\n",
        workspace.join("runtime").display().to_string()
    );
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).expect("it can be written");
    };
    fs::create_dir_all(folder.join("src")).expect("it can be made");
    write("Cargo.toml", &manifest);
    write(FILE, "fn main() {}\n");
    let lock = fs::read_to_string(workspace.join("Cargo.lock")).expect("there is one");
    write("Cargo.lock", &lock);
    folder
}
