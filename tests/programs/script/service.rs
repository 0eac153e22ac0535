//! A service of systemd's: what it tells its manager, and what it has from it.

use std::env;
use std::fs::File;
use std::io::Read;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use aplomb::systemd::{Systemd, listen_fds};

use super::bomb::Bomb;
use super::{option, say};

/// Whether the check does something else than to pass.
static IS_UNWELL: AtomicBool = AtomicBool::new(false);

/// What the manager is told. The check says each time that it is called.
#[allow(dead_code, reason = "the small programs tell nobody")]
pub(crate) fn told(how: &str, extend: Option<Duration>) -> Systemd {
    let mut systemd = Systemd::new();
    if how == "announced" {
        systemd = systemd.announced();
    }
    if let Some(bound) = extend {
        systemd = systemd.extend(bound);
    }
    if let Some(how) = option("check") {
        let captured = (how == "bomb").then(|| Bomb("a check"));
        systemd = systemd.check(move || {
            let _ = &captured;
            check(how)
        });
    }
    systemd
}

fn check(how: &str) -> Result<(), &'static str> {
    say("check");
    match how {
        // One that is under way when the program stops.
        "late" => {
            while !IS_UNWELL.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            say("late");
            Err("no luck")
        }
        _ if !IS_UNWELL.load(Ordering::Relaxed) => Ok(()),
        "panic" => panic!("on purpose"),
        "hang" => loop {
            thread::park();
        },
        _ => Err("no luck"),
    }
}

const VARIABLES: [&str; 6] = [
    "NOTIFY_SOCKET",
    "WATCHDOG_USEC",
    "WATCHDOG_PID",
    "LISTEN_PID",
    "LISTEN_FDS",
    "LISTEN_FDNAMES",
];

/// Carries out a step. Whether it is one.
pub(super) fn one(verb: &str, object: &str) -> bool {
    match verb {
        "unwell" => IS_UNWELL.store(true, Ordering::Relaxed),
        "well" => IS_UNWELL.store(false, Ordering::Relaxed),
        // Which of them this process has, and which a child has.
        "variables" => {
            let set = VARIABLES.iter().filter(|name| env::var_os(name).is_some());
            let set: Vec<_> = set.copied().collect();
            say(format!("variables {}", set.join(" ")).trim());
            let names = VARIABLES.join("|");
            let script =
                format!("env | grep -E '^({names})=' | cut -d= -f1 | sort | xargs echo child");
            say(shell(&script));
        }
        // What it has inherited: the name of each, and what is in the file.
        "listen-fds" => match listen_fds() {
            Ok(all) => {
                for (name, fd) in &all {
                    let mut text = String::new();
                    let file = fd.try_clone().map(File::from);
                    let mut file = file.expect("it is open");
                    file.read_to_string(&mut text).expect("it is a file");
                    say(format!("{name}: {}", text.trim()));
                }
                say(format!("{} descriptors", all.len()));
                // The program keeps them.
                std::mem::forget(all);
            }
            Err(error) => say(format!("listen-fds: {error}")),
        },
        // Whether a child has a descriptor of that number.
        "child-has" => {
            let script = format!("if [ -e /proc/$$/fd/{object} ]; then echo yes; else echo no; fi");
            say(format!("child has {object}: {}", shell(&script)));
        }
        _ => return false,
    }
    true
}

/// What a child of the standard library's says.
fn shell(script: &str) -> String {
    let output = Command::new("sh").args(["-c", script]).output();
    let output = output.expect("a shell can be started").stdout;
    String::from_utf8_lossy(&output).trim().to_owned()
}
