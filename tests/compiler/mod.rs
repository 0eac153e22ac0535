//! Compiles a file as a user would, against the library as it is.

// Each test that includes this module uses its own part of it.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

/// The attribute in the files that are compiled with it and without it.
pub(crate) const ATTRIBUTE: &str = "#[aplomb::shielded]";

/// The file, and the same one without the attribute: each is replaced by as many blanks, so that
/// all places stay what they are.
pub(crate) fn twins(file: &Path) -> [PathBuf; 2] {
    let shielded = fs::read_to_string(file).expect("the file can be read");
    assert!(shielded.contains(ATTRIBUTE), "{}", file.display());
    let plain = shielded.replace(ATTRIBUTE, &" ".repeat(ATTRIBUTE.len()));
    ["plain", "shielded"].map(|name| {
        let folder = scratch().join(name);
        fs::create_dir_all(&folder).expect("the folder can be made");
        let twin = folder.join(file.file_name().expect("it is a file"));
        let text = if name == "plain" { &plain } else { &shielded };
        fs::write(&twin, text).expect("the twin can be written");
        twin
    })
}

/// Runs `driver`, which is rustc or takes its arguments, in the folder of `file`, so that messages
/// are free of the folder's name.
pub(crate) fn compile(driver: &str, file: &Path, arguments: &[&str]) -> Output {
    let library = library();
    let dependencies = library.with_file_name("deps");
    Command::new(driver)
        .current_dir(file.parent().expect("a file is in a folder"))
        .arg(file.file_name().expect("it is a file"))
        .args(arguments)
        .args(["--crate-name", "user", "-A", "linker-messages", "--extern"])
        .arg(format!("aplomb={}", library.display()))
        .arg("-L")
        .arg(format!("dependency={}", dependencies.display()))
        .output()
        .unwrap_or_else(|error| panic!("`{driver}` is not there: {error}"))
}

/// Whether rustc is the one whose words are recorded. It says much in its own words around what
/// we make it say, and in other words with every release.
pub(crate) fn rustc_is_as_recorded() -> bool {
    let version = Command::new("rustc").arg("--version").output();
    let version = version.expect("rustc runs").stdout;
    let recorded = version.starts_with(b"rustc 1.95.");
    if !recorded {
        eprintln!("not compared: {}", String::from_utf8_lossy(&version));
    }
    recorded
}

/// What the compiler said.
pub(crate) fn messages(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The files of a folder of `tests` that end so, in order.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let files = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<_> = files
        .map(|file| file.expect("it can be listed").path())
        .filter(|file| file.to_string_lossy().ends_with(ending))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "there are files to compile");
    files
}

fn scratch() -> PathBuf {
    // A folder for each test program: they may run at the same time.
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"))
}

/// The compiled library. Cargo knows where it is, and builds it if it is not there yet.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let build = Command::new(cargo)
            .args(["build", "--package", "aplomb", "--message-format", "json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        assert!(build.status.success(), "{}", messages(&build));
        let written = String::from_utf8_lossy(&build.stdout);
        let path = written
            .split('"')
            .find(|text| text.ends_with("libaplomb.rlib"));
        path.expect("the library is among the files").into()
    })
}
