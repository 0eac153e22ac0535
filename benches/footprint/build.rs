//! Small programs, each a package of its own in a temporary folder, built from nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, process};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::support::stats::median;
use crate::support::table::Table;

const ROUNDS: usize = 3;

/// One program: the line of its dependency, and its source.
struct Program {
    name: &'static str,
    dependency: String,
    source: &'static str,
}

impl Program {
    fn plain() -> Self {
        Self {
            name: "std-only",
            dependency: String::new(),
            source: r#"fn main() { println!("hello"); std::thread::park(); }"#,
        }
    }

    fn aplomb() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime");
        Self {
            name: "with-aplomb",
            dependency: format!("aplomb = {{ path = '{}' }}", path.display()),
            source: r#"
                #[aplomb::app(run)]
                fn main() {}
                fn run(shutdown: &aplomb::Shutdown) { println!("hello"); shutdown.wait(); }
            "#,
        }
    }

    fn ctrlc() -> Self {
        Self {
            name: "with-ctrlc",
            dependency: r#"ctrlc = { version = "3.5", features = ["termination"] }"#.into(),
            source: r#"
                fn main() {
                    let (stop, stopped) = std::sync::mpsc::channel();
                    ctrlc::set_handler(move || { let _ = stop.send(()); }).unwrap();
                    println!("hello");
                    stopped.recv().unwrap();
                }
            "#,
        }
    }

    fn tokio() -> Self {
        Self {
            name: "with-tokio",
            dependency: r#"tokio = { version = "1", features = ["macros", "rt"] }"#.into(),
            source: r#"
                #[tokio::main(flavor = "current_thread")]
                async fn main() { println!("hello"); std::future::pending::<()>().await }
            "#,
        }
    }

    /// Writes the package; false if what it depends on is not to be had.
    fn write(&self, folder: &Folder) -> bool {
        let package = folder.0.join(self.name);
        fs::create_dir_all(package.join("src")).expect("a temporary folder");
        let manifest = format!(
            "[package]\nname = \"{}\"\nedition = \"2024\"\n\n[dependencies]\n{}\n\n\
             [profile.release]\nstrip = true\n\n[workspace]\n",
            self.name, self.dependency
        );
        fs::write(package.join("Cargo.toml"), manifest).expect("a temporary file");
        fs::write(package.join("src/main.rs"), self.source).expect("a temporary file");
        // The versions of this workspace, where it has them.
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
        let _ = fs::copy(lock, package.join("Cargo.lock"));
        self.cargo(folder, &["fetch", "--offline"]) || self.cargo(folder, &["fetch"])
    }

    /// Builds it without what was built before.
    fn build(&self, folder: &Folder, profile: &str) {
        let _ = fs::remove_dir_all(folder.0.join(self.name).join("target"));
        let built = self.cargo(folder, &["build", "--offline", "--profile", profile]);
        assert!(built, "{} does not build", self.name);
    }

    fn cargo(&self, folder: &Folder, arguments: &[&str]) -> bool {
        let mut command = Command::new(env!("CARGO"));
        for setting in [
            "CARGO_TARGET_DIR",
            "CARGO_INCREMENTAL",
            "CARGO_ENCODED_RUSTFLAGS",
            "RUSTFLAGS",
            "RUSTC_WRAPPER",
        ] {
            command.env_remove(setting);
        }
        command
            .arg("--quiet")
            .args(arguments)
            .current_dir(folder.0.join(self.name))
            .stderr(Stdio::null())
            .status()
            .expect("cargo can be started")
            .success()
    }

    fn size(&self, folder: &Folder) -> u64 {
        let binary = folder
            .0
            .join(self.name)
            .join("target/release")
            .join(self.name);
        fs::metadata(binary).expect("what was built").len()
    }
}

/// A temporary folder, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("aplomb-footprint-{}", process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The CPU time of clean builds in the dev profile.
pub(crate) fn measure_time(table: &mut Table) {
    let folder = Folder::new();
    let programs = [
        Program::aplomb(),
        Program::tokio(),
        Program::ctrlc(),
        Program::plain(),
    ];
    let there = programs.each_ref().map(|program| program.write(&folder));
    let mut seconds = programs.each_ref().map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for ((program, there), seconds) in programs.iter().zip(there).zip(&mut seconds) {
            if there {
                let before = cpu_of_children();
                program.build(&folder, "dev");
                seconds.push(cpu_of_children() - before);
            }
        }
    }
    let [aplomb, tokio, ctrlc, plain] = seconds.map(|seconds| median(&seconds));
    let what = "clean build of a program that uses aplomb, CPU s";
    table.judged(what, "≤ 5", format!("{aplomb:.2}"), aplomb <= 5.0);
    let less = "    against tokio with macros, rt";
    if there[1] {
        let measured = format!("{tokio:.2} ({:.2}×)", aplomb / tokio);
        table.judged(less, "less", measured, aplomb < tokio);
    } else {
        table.shown(less, "tokio is not to be had here".into());
    }
    table.shown("    against ctrlc", format!("{ctrlc:.2}"));
    table.shown("    against nothing", format!("{plain:.2}"));
}

/// The size of release binaries, stripped.
pub(crate) fn measure_size(table: &mut Table) {
    let folder = Folder::new();
    let [plain, aplomb, ctrlc] =
        [Program::plain(), Program::aplomb(), Program::ctrlc()].map(|program| {
            assert!(program.write(&folder), "{} is not to be had", program.name);
            program.build(&folder, "release");
            program.size(&folder)
        });
    table.shown(
        "hello, release, stripped: bytes (more than without)",
        format!("{aplomb} ({})", aplomb.saturating_sub(plain)),
    );
    table.shown(
        "    with ctrlc",
        format!("{ctrlc} ({})", ctrlc.saturating_sub(plain)),
    );
}

/// Seconds of user and system time of all processes that this one has waited for, and theirs.
fn cpu_of_children() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage can be read");
    let spent = (usage.user_time() + usage.system_time()).num_microseconds();
    Duration::from_micros(spent.unsigned_abs()).as_secs_f64()
}
