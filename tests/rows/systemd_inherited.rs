//! What a service has from its manager: variables, and the sockets of socket activation.

use std::fs;

use aplomb_testing::{Child, Command};
use nix::sys::signal::Signal::SIGTERM;
use tempfile::TempDir;

use crate::programs::phases;
use crate::support::Manager;

const TELLS: &str = "systemd=yes";

const ALL: &str = "LISTEN_FDNAMES LISTEN_FDS LISTEN_PID NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC";

/// Starts a program as systemd starts a service: with its own number in variables, and with two descriptors.
struct Activated {
    folder: TempDir,
    variables: String,
}

impl Activated {
    fn new(pid: &str, fds: &str, names: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("there is room");
        for name in ["one", "two"] {
            fs::write(folder.path().join(name), name).expect("there is room");
        }
        let names = names.map(|names| format!("LISTEN_FDNAMES='{names}'"));
        let variables = format!(
            "LISTEN_PID={pid} LISTEN_FDS='{fds}' {}",
            names.unwrap_or_default()
        );
        Self { folder, variables }
    }

    fn start(&self, program: Command) -> Child {
        let script = format!(
            "exec 3<one 4<two 5<&- 6<&-; export WATCHDOG_PID=$$ WATCHDOG_USEC=60000000 {}; exec \"$@\"",
            self.variables
        );
        program
            .current_dir(self.folder.path())
            .in_shell(&script)
            .spawn()
    }
}

/// Those that are said to be set, in the order of the alphabet.
fn variables(app: &mut Child) -> (String, String) {
    let own = app.expect_prefix("variables");
    let mut own: Vec<_> = own.split(' ').collect();
    own.sort_unstable();
    (own.join(" "), app.expect_prefix("child"))
}

#[test]
fn row_216_children_have_no_variables() {
    let manager = Manager::at_a_path();
    let activated = Activated::new("$$", "2", Some("a:b"));
    let mut app = activated.start(manager.of(phases(&["start=variables", TELLS])));
    assert_eq!(variables(&mut app), Default::default());
    manager.expect("WATCHDOG=1");
    app.wait().assert_code(0).assert_no_stderr();
}

#[test]
fn row_216_without_the_option_they_stay() {
    let manager = Manager::at_a_path();
    let activated = Activated::new("$$", "2", Some("a:b"));
    let mut app = activated.start(manager.of(phases(&["start=variables"])));
    assert_eq!(variables(&mut app), (ALL.into(), ALL.into()));
    app.wait().assert_code(0).assert_no_stderr();
    assert_eq!(manager.rest(), [""; 0]);
}

/// Another thread may look at the environment at any moment.
#[test]
fn row_216_beside_another_thread_they_stay() {
    let manager = Manager::at_a_path();
    let activated = Activated::new("$$", "2", Some("a:b"));
    let script = [
        "before=thread",
        "start=variables,listen-fds",
        "run=wait",
        TELLS,
    ];
    let mut app = activated.start(manager.of(phases(&script)));
    assert_eq!(variables(&mut app), (ALL.into(), ALL.into()));
    app.expect("a: one");
    app.expect("2 descriptors");
    assert_eq!(manager.expect_prefix("READY"), "=1");
    app.send_signal(SIGTERM);
    assert_eq!(manager.expect_prefix("STOPPING"), "=1");
    app.wait().assert_signal(SIGTERM).assert_no_stderr();
}

#[test]
fn row_216_sockets_by_name() {
    let activated = Activated::new("$$", "2", Some("http:admin"));
    let script = [
        "start=child-has:3,child-has:4,listen-fds,child-has:3,child-has:4,listen-fds",
        TELLS,
    ];
    activated
        .start(phases(&script))
        .wait()
        .assert_code(0)
        .assert_in_order(&[
            "child has 3: no",
            "child has 4: no",
            "http: one",
            "admin: two",
            "2 descriptors",
            "child has 3: no",
            "child has 4: no",
            // Each is given once.
            "0 descriptors",
        ]);
}

#[test]
fn row_216_without_names_and_without_the_option() {
    let activated = Activated::new("$$", "2", None);
    let script = ["start=child-has:3,listen-fds,child-has:3,child-has:4,listen-fds"];
    activated
        .start(phases(&script))
        .wait()
        .assert_code(0)
        .assert_in_order(&[
            "child has 3: yes",
            "unknown: one",
            "unknown: two",
            "2 descriptors",
            "child has 3: no",
            "child has 4: no",
            "0 descriptors",
        ]);
}

#[test]
fn row_216_nonsense() {
    let wrong = [
        ("x", "2", None, "$LISTEN_PID is \"x\", and no such number"),
        (
            "$$",
            "-1",
            None,
            "$LISTEN_FDS is \"-1\", and no such number",
        ),
        ("$$", "", None, "$LISTEN_FDS is \"\", and no such number"),
        (
            "$$",
            "70000",
            None,
            "$LISTEN_FDS is \"70000\", and no such number",
        ),
        (
            "$$",
            "3",
            None,
            "this process has not inherited descriptor 5",
        ),
        (
            "$$",
            "2",
            Some("a"),
            "$LISTEN_FDNAMES has 1 names for 2 descriptors: \"a\"",
        ),
    ];
    for (pid, fds, names, words) in wrong {
        for option in [TELLS, "quiet="] {
            let activated = Activated::new(pid, fds, names);
            let script = ["start=listen-fds,listen-fds", "stop=child-has:3", option];
            let words = format!("listen-fds: {words}");
            let output = activated.start(phases(&script)).wait();
            output
                .assert_code(0)
                .assert_no_stderr()
                // Nothing was taken, so the descriptors are as they were.
                .assert_in_order(&[&words, "0 descriptors", "child has 3: yes"]);
        }
    }
}

#[test]
fn row_216_those_of_another_process() {
    for activated in [
        Activated::new("1", "2", Some("a:b")),
        Activated::new("$$", "0", Some("")),
    ] {
        let script = ["start=listen-fds", "stop=child-has:3", TELLS];
        let output = activated.start(phases(&script)).wait();
        output
            .assert_code(0)
            .assert_in_order(&["0 descriptors", "child has 3: yes"]);
    }
}

/// A second app in the process tells the same manager.
#[test]
fn row_216_apps_one_after_the_other() {
    let manager = Manager::at_a_path();
    let script = ["start=variables", "embedded=twice", TELLS];
    let mut app = manager.of(phases(&script)).spawn();
    assert_eq!(variables(&mut app), Default::default());
    assert_eq!(variables(&mut app), Default::default());
    app.wait().assert_code(0);
    let life = ["READY=1", "STOPPING=1"];
    assert_eq!(manager.rest(), [life, life].concat());
}
