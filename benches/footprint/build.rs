//! Small programs, each a package of its own in a temporary folder, built from nothing.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, process};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::support::stats::{median, median_ratio};
use crate::support::table::Table;

const ROUNDS: u32 = 5;

/// Where a build notes what each package took; while it is set, this benchmark is a wrapper of rustc.
const LOG: &str = "APLOMB_BUILD_LOG";

/// One program: the lines of its dependencies, and its source.
struct Program {
    name: &'static str,
    dependencies: String,
    source: &'static str,
}

/// The line of a dependency on this library, with the rest of the words in its braces.
fn aplomb(rest: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime");
    format!("aplomb = {{ path = '{}'{rest} }}\n", path.display())
}

/// What many programs have besides, each with attributes of its own.
const OTHERS: &str = r#"
    serde = { version = "1", features = ["derive"] }
    tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

impl Program {
    fn plain() -> Self {
        Self {
            name: "std-only",
            dependencies: String::new(),
            source: r#"fn main() { println!("hello"); std::thread::park(); }"#,
        }
    }

    fn by_hand() -> Self {
        Self {
            name: "by-hand",
            dependencies: aplomb(", default-features = false"),
            source: r#"
                use aplomb::{Absent, App, Shutdown};
                fn main() { App::new(Absent, run, Absent).main() }
                fn run(shutdown: &Shutdown) { println!("hello"); shutdown.wait(); }
            "#,
        }
    }

    fn with_attribute() -> Self {
        Self {
            name: "with-attribute",
            dependencies: aplomb(""),
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
            dependencies: r#"ctrlc = { version = "3.5", features = ["termination"] }"#.into(),
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
            dependencies: r#"tokio = { version = "1", features = ["macros", "rt"] }"#.into(),
            source: r#"
                #[tokio::main(flavor = "current_thread")]
                async fn main() { println!("hello"); std::future::pending::<()>().await }
            "#,
        }
    }

    fn others_by_hand() -> Self {
        let rest = r#", default-features = false, features = ["tokio"]"#;
        Self {
            name: "others-by-hand",
            dependencies: aplomb(rest) + OTHERS,
            source: r"
                use aplomb::{Absent, App, Executor, Shutdown};
                #[derive(serde::Deserialize)]
                pub struct Settings { pub port: u16 }
                fn main() { App::executor(Executor::tokio()).phases(Absent, run, Absent).main() }
                async fn run(shutdown: &Shutdown) { tokio::join!(shutdown.cancelled()); }
            ",
        }
    }

    fn others_with_attribute() -> Self {
        Self {
            name: "others-with-attribute",
            dependencies: aplomb(r#", features = ["tokio"]"#) + OTHERS,
            source: r"
                #[derive(serde::Deserialize)]
                pub struct Settings { pub port: u16 }
                #[aplomb::app(run)]
                async fn main() {}
                async fn run(shutdown: &aplomb::Shutdown) { tokio::join!(shutdown.cancelled()); }
            ",
        }
    }

    /// Writes the package; false if what it depends on is not to be had.
    fn write(&self, folder: &Folder) -> bool {
        let package = folder.0.join(self.name);
        fs::create_dir_all(package.join("src")).expect("a temporary folder");
        let manifest = format!(
            "[package]\nname = \"{}\"\nedition = \"2024\"\n\n[dependencies]\n{}\n\n\
             [profile.release]\nstrip = true\n\n[workspace]\n",
            self.name, self.dependencies
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
            .env("RUSTC_WRAPPER", env::current_exe().expect("this benchmark"))
            .env(LOG, self.log(folder))
            .current_dir(folder.0.join(self.name))
            .stderr(Stdio::null())
            .status()
            .expect("cargo can be started")
            .success()
    }

    fn log(&self, folder: &Folder) -> PathBuf {
        folder.0.join(format!("{}.log", self.name))
    }

    /// What each package took on average, where that was a tenth of a second, the longest first. Build scripts are
    /// counted as they are compiled, not as they run.
    fn by_package(&self, folder: &Folder) -> String {
        let log = fs::read_to_string(self.log(folder)).unwrap_or_default();
        let mut packages: BTreeMap<&str, f64> = BTreeMap::new();
        for (name, seconds) in log.lines().filter_map(|line| line.split_once(' ')) {
            let seconds: f64 = seconds.parse().expect("a number of ours");
            *packages.entry(name).or_default() += seconds / f64::from(ROUNDS);
        }
        let mut packages: Vec<_> = packages.into_iter().collect();
        packages.retain(|(_, seconds)| *seconds >= 0.1);
        packages.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let words = packages
            .iter()
            .map(|(name, seconds)| format!("{name} {seconds:.2}"));
        words.collect::<Vec<_>>().join(", ")
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

/// Where cargo has started this benchmark as a wrapper of rustc: calls rustc, notes which package that was for and what
/// it took, and ends as it has ended.
pub(crate) fn wrap_rustc() {
    let Some(log) = env::var_os(LOG) else { return };
    let words: Vec<OsString> = env::args_os().skip(1).collect();
    let [rustc, arguments @ ..] = &words[..] else {
        return;
    };
    let status = Command::new(rustc).args(arguments).status();
    let status = status.expect("rustc can be started");
    // Cargo asks the compiler about itself, too, for no package.
    if let Ok(name) = env::var("CARGO_PKG_NAME") {
        let line = format!("{name} {}\n", cpu_of_children());
        let opened = OpenOptions::new().create(true).append(true).open(log);
        let mut log = opened.expect("a file of ours");
        log.write_all(line.as_bytes()).expect("a file of ours");
    }
    process::exit(status.code().unwrap_or(1));
}

/// The CPU time of clean builds in the dev profile.
pub(crate) fn measure_time(table: &mut Table) {
    let folder = Folder::new();
    let programs = [
        Program::by_hand(),
        Program::with_attribute(),
        Program::tokio(),
        Program::ctrlc(),
        Program::others_with_attribute(),
        Program::others_by_hand(),
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
    for ((program, there), seconds) in programs.iter().zip(there).zip(&seconds) {
        let what = format!("clean dev build of {}, CPU s", program.name);
        if there {
            table.shown(&what, format!("{:.2}", median(seconds)));
            println!("{}: {}", program.name, program.by_package(&folder));
        } else {
            table.shown(&what, "its dependencies are not to be had here".into());
        }
    }
    let [
        by_hand,
        attribute,
        tokio,
        ctrlc,
        others_attribute,
        others,
        _,
    ] = &seconds;
    let ratio = |above: &[f64], below: &[f64]| {
        if above.is_empty() || below.is_empty() {
            return ("not to be had here".into(), f64::INFINITY);
        }
        let ratio = median_ratio(above, below);
        (format!("{ratio:.2}×"), ratio)
    };
    let (shown, measured) = ratio(by_hand, tokio);
    table.judged("by-hand against with-tokio", "< 1", shown, measured < 1.0);
    table.shown(
        "with-attribute against with-tokio",
        ratio(attribute, tokio).0,
    );
    table.shown("by-hand against with-ctrlc", ratio(by_hand, ctrlc).0);
    let (shown, measured) = ratio(others_attribute, others);
    let what = "others-with-attribute against others-by-hand";
    table.judged(what, "≤ 1.1", shown, measured <= 1.1);
}

/// The size of release binaries, stripped.
pub(crate) fn measure_size(table: &mut Table) {
    let folder = Folder::new();
    let [plain, aplomb, ctrlc] = [
        Program::plain(),
        Program::with_attribute(),
        Program::ctrlc(),
    ]
    .map(|program| {
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
