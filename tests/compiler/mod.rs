//! Compiles a file as a user would, against the library as it is.

// Each test that includes this module uses its own part of it.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

/// The attribute in the files that are compiled with it and without it.
pub(crate) const ATTRIBUTE: &str = "#[aplomb::shielded]";
/// The attribute that takes the place of [`ATTRIBUTE`] for functions that may borrow.
pub(crate) const INLINE: &str = "#[aplomb::shielded(inline)]";

/// Makes two copies of the file: one without the attribute, and one as it is. The attribute is replaced by as
/// many blanks, so that all places in the file stay the same.
pub(crate) fn twins(file: &Path) -> [PathBuf; 2] {
    let shielded = fs::read_to_string(file).expect("the file can be read");
    both(file, &shielded)
}

/// Makes two copies of the file: one without the attribute, and one with this other attribute in its place.
pub(crate) fn twins_with(file: &Path, attribute: &str) -> [PathBuf; 2] {
    let shielded = fs::read_to_string(file).expect("the file can be read");
    both(file, &shielded.replace(ATTRIBUTE, attribute))
}

fn both(file: &Path, shielded: &str) -> [PathBuf; 2] {
    let mut plain = shielded.to_string();
    for attribute in [ATTRIBUTE, INLINE] {
        plain = plain.replace(attribute, &" ".repeat(attribute.len()));
    }
    assert!(shielded != plain, "{}", file.display());
    // Files of the same name in other folders may be compiled at the same time.
    let parent = file.parent().and_then(Path::file_name).expect("a folder");
    [("plain", &*plain), ("shielded", shielded)].map(|(name, text)| {
        let folder = scratch().join(parent).join(name);
        fs::create_dir_all(&folder).expect("the folder can be made");
        let twin = folder.join(file.file_name().expect("it is a file"));
        fs::write(&twin, text).expect("the twin can be written");
        twin
    })
}

/// Runs `driver`, which is rustc or takes its arguments, in the folder of `file`, so that messages
/// are free of the folder's name.
pub(crate) fn compile(driver: &str, file: &Path, arguments: &[&str]) -> Output {
    let [library, tokio] = libraries();
    let dependencies = library.with_file_name("deps");
    Command::new(driver)
        .current_dir(file.parent().expect("a file is in a folder"))
        .arg(file.file_name().expect("it is a file"))
        .args(arguments)
        .args(["--crate-name", "user", "-A", "linker-messages", "--extern"])
        .arg(format!("aplomb={}", library.display()))
        .arg("--extern")
        .arg(format!("tokio={}", tokio.display()))
        .arg("-L")
        .arg(format!("dependency={}", dependencies.display()))
        .output()
        .unwrap_or_else(|error| panic!("`{driver}` is not there: {error}"))
}

/// Whether this is the rustc whose messages are recorded. Its messages have much text of its own around the
/// text that comes from us, and that text changes with every release.
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

/// The files of a folder of `tests` whose names end so, in order.
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
    // Each test program has a folder of its own, because several may run at the same time.
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"))
}

/// The compiled library, and tokio. Cargo knows where they are, and builds what is not there yet.
fn libraries() -> &'static [PathBuf; 2] {
    static LIBRARIES: OnceLock<[PathBuf; 2]> = OnceLock::new();
    LIBRARIES.get_or_init(|| {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let build = Command::new(cargo)
            .args([
                "build",
                "--package",
                "aplomb",
                "--features",
                "systemd,tokio",
            ])
            .args(["--message-format", "json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        assert!(build.status.success(), "{}", messages(&build));
        let written = String::from_utf8_lossy(&build.stdout);
        ["libaplomb.rlib", "libtokio-"].map(|name| {
            let path = written.split('"').find(|text| {
                let path = Path::new(text);
                let is_library = path.extension().is_some_and(|it| it == "rlib");
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                is_library && file.starts_with(name)
            });
            path.expect("the library is among the files").into()
        })
    })
}
