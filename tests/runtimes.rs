//! Apps with another language's runtime in the process: Go, a Java virtual machine, Python.
//!
//! Such a runtime has threads and handlers of its own. Each is loaded in `start`, as a library that `tests/runtimes`
//! has the source of. Where a compiler or a runtime is not there the tests say so and are skipped, unless
//! `APLOMB_REQUIRE_RUNTIMES=1`, as in `.ci/full`: then they fail.

#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "tests are not an interface"
)]

#[allow(dead_code, reason = "the rows need the rest")]
mod programs;
#[allow(dead_code, unused_imports, reason = "the rows need the rest")]
mod support;

use std::env;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::OnceLock;

use aplomb_testing::{Child, Output};
use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM};

use programs::{On, phases_on};
use support::{OutputExt, print_uncaptured};

/// What the programs of the rows ask for; here each test says it.
const ON: On = On::Threads;

const KINDS: [On; 2] = [On::Threads, On::Tokio];

/// Runs a command of the shell. Returns what it prints, or what it complains of where it fails.
fn shell(command: &str) -> Result<String, String> {
    let output = process::Command::new("sh").args(["-c", command]).output();
    let output = output.expect("there is a shell");
    let text = |bytes| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

/// A runtime, and how its library is made.
struct Runtime {
    name: &'static str,
    /// What succeeds where all is there that is needed.
    is_there: &'static str,
    /// What makes the library `$library` of the source in `$source`.
    build: &'static str,
    library: OnceLock<Option<PathBuf>>,
}

static GO: Runtime = Runtime {
    name: "go",
    is_there: "go version && gcc --version",
    build: "go build -buildmode=c-shared -o $library $source.go",
    library: OnceLock::new(),
};

static JVM: Runtime = Runtime {
    name: "jvm",
    is_there: "test -f $java/include/jni.h && test -f $java/lib/server/libjvm.so && gcc --version",
    build: "gcc -shared -fPIC -Wall -Wextra -Werror -o $library $source.c -I$java/include -I$java/include/linux \
            -L$java/lib/server -ljvm -Wl,-rpath,$java/lib/server",
    library: OnceLock::new(),
};

static PYTHON: Runtime = Runtime {
    name: "python",
    is_there: "pkg-config --exists python3-embed && gcc --version",
    build: "gcc -shared -fPIC -Wall -Wextra -Werror -o $library $source.c \
            $(pkg-config --cflags --libs python3-embed)",
    library: OnceLock::new(),
};

impl Runtime {
    /// The library. `None` where it cannot be made here, which is said.
    fn library(&self, test: &str) -> Option<&Path> {
        let library = self.library.get_or_init(|| self.make()).as_deref();
        if library.is_none() {
            let required = env::var_os("APLOMB_REQUIRE_RUNTIMES").is_some_and(|value| value == "1");
            assert!(
                !required,
                "{test} needs {}, and APLOMB_REQUIRE_RUNTIMES=1 forbids to skip it",
                self.name
            );
            print_uncaptured(&format!("{test} skipped: needs {}", self.name));
        }
        library
    }

    fn make(&self) -> Option<PathBuf> {
        let name = self.name;
        let library = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("lib{name}.so"));
        let variables = format!(
            "library={}; source=tests/runtimes/{name}; java=${{JAVA_HOME:-/usr/lib/jvm/default-java}};",
            library.display()
        );
        shell(&format!("{variables} {}", self.is_there)).ok()?;
        let built = shell(&format!("{variables} {}", self.build));
        built.unwrap_or_else(|error| {
            panic!("{name} is there, but its library is not made: {error}")
        });
        Some(library)
    }

    /// An app that loads this runtime in `start` and waits in `run`. `None` where that cannot be done here.
    fn app(&self, on: On, argument: &str, test: &str) -> Option<Child> {
        let library = self.library(test)?.display().to_string();
        let runtime = format!("runtime={library}|{argument}");
        let mut app = phases_on(on, &["start=runtime:runtime", "run=wait", &runtime]).spawn();
        app.expect("R+");
        Some(app)
    }
}

fn assert_stopped(output: &Output) {
    output.assert_in_order(&["R+", "R-", "P+", "P-"]);
}

/// Go's runtime adds `SA_ONSTACK` to the actions of others, which is no change of hands.
#[test]
fn three_signals_at_once_beside_busy_goroutines() {
    for round in 0..60 {
        let Some(app) = GO.app(KINDS[round % 2], "spin", "goroutines") else {
            return;
        };
        for signal in [SIGTERM, SIGINT, SIGHUP] {
            app.send_signal(signal);
        }
        let output = app.wait();
        assert_stopped(&output);
        output.assert_only_waiting();
        let is_one = [SIGTERM, SIGINT, SIGHUP].map(|signal| Some(signal as i32));
        output.assert(
            is_one.contains(&output.signal()),
            "it was to die by one of them",
        );
    }
}

/// Code of that runtime takes SIGTERM, which is named. What it does not take is the app's.
fn takes_sigterm(runtime: &Runtime, code: &str, test: &str) {
    for on in KINDS {
        let Some(app) = runtime.app(on, code, test) else {
            return;
        };
        app.send_signal(SIGINT);
        let output = app.wait();
        assert_stopped(&output);
        output.assert_signal(SIGINT).assert_stderr_once(&[
            "aplomb: SIGTERM is now handled by other code in the process, such as the crate `ctrlc`; \
             the app hears of it only if that code passes it on",
        ]);
    }
}

/// The runtime takes none of these.
fn takes_nothing(runtime: &Runtime, argument: &str, signals: &[Signal], test: &str) {
    for on in KINDS {
        for &signal in signals {
            let Some(app) = runtime.app(on, argument, test) else {
                return;
            };
            app.send_signal(signal);
            let output = app.wait();
            assert_stopped(&output);
            output.assert_signal(signal).assert_only_waiting();
        }
    }
}

#[test]
fn what_go_is_notified_of_is_named() {
    takes_sigterm(&GO, "notify", "notify");
}

#[test]
fn what_a_java_virtual_machine_takes_is_named() {
    for on in KINDS {
        let Some(app) = JVM.app(on, "", "jvm") else {
            return;
        };
        app.send_signal(SIGTERM);
        // The machine ends the process by itself, as it does every Java program.
        app.wait()
            .assert_code(143)
            .assert_never("P+")
            .assert_stderr_once(&[
                "aplomb: SIGINT, SIGTERM and SIGHUP are now handled by other code in the process",
            ]);
    }
}

#[test]
fn a_java_virtual_machine_with_xrs_takes_nothing() {
    takes_nothing(&JVM, "-Xrs", &[SIGINT, SIGTERM, SIGHUP], "jvm with -Xrs");
}

#[test]
fn what_python_code_takes_is_named() {
    let code = "import signal; signal.signal(signal.SIGTERM, lambda *_: None)";
    takes_sigterm(&PYTHON, code, "python");
}

/// Python takes SIGINT only where that has its default action.
#[test]
fn python_takes_nothing_by_itself() {
    takes_nothing(&PYTHON, "", &[SIGINT], "python alone");
}
