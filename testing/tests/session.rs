//! Programs on terminals, in sessions and namespaces of their own, and what they leave behind.

#![cfg(unix)]

use std::panic::catch_unwind;

use aplomb_testing::{Capability, Command, Process, Session, Signal, Terminal, wait_until};

fn sh(script: &str) -> Command {
    Command::new("sh").args(["-c", script])
}

#[test]
fn keys_are_typed_on_a_terminal() {
    let script = "trap 'echo stopping; exit 5' INT; echo äre you there?; read -r line; echo \"$line!\"; \
                  while :; do read -r line; done";
    let (child, mut terminal) = sh(script).spawn_on_terminal();
    assert_eq!(terminal.expect(" you"), "äre");
    assert!(!terminal.has_printed("yes"));
    terminal.send("yes\n");
    terminal.expect("yes!");
    terminal.send(Terminal::CTRL_C);
    terminal.expect("stopping");
    child.wait().assert_code(5);
}

#[test]
fn the_end_of_the_input_is_typed() {
    let (child, mut terminal) = Command::new("cat").spawn_on_terminal();
    terminal.send("line\n");
    terminal.expect("line\r\n");
    terminal.send(Terminal::CTRL_D);
    child.wait().assert_code(0);
}

#[test]
fn a_terminal_that_is_closed_hangs_up() {
    let (child, mut terminal) = sh("echo ready; exec cat").spawn_on_terminal();
    terminal.expect("ready");
    drop(terminal);
    child.wait().assert_signal(Signal::SIGHUP);
}

#[test]
fn what_a_session_leaves_behind() {
    let mut child = sh("tail -f /dev/null >/dev/null 2>&1 & echo started; wait")
        .in_new_session()
        .spawn();
    child.expect("started");
    let leader = child.pid();
    let session = Session::of(leader);
    wait_until("it is `tail`", || {
        session.others().iter().any(|other| other.name == "tail")
    });
    let others = session.others();
    let all = session.processes();
    assert_eq!(all.len(), others.len() + 1);
    assert!(all.iter().all(|process| process.session == leader));
    child.send_signal(Signal::SIGKILL);
    child.wait().assert_signal(Signal::SIGKILL);
    catch_unwind(|| session.assert_no_others()).expect_err("`tail` is left");
    session.kill_others();
    session.assert_no_others();
}

#[test]
fn a_child_that_is_not_reaped() {
    // What the shell becomes knows nothing of the child that the shell has started.
    let script = "exec 3<&0; read -r line <&3 & exec tail -f /dev/null";
    let mut child = sh(script).in_new_session().spawn();
    let process = Process::of(child.pid());
    let session = Session::of(child.pid());
    wait_until("it is `tail`", || {
        let all = session.processes();
        all.iter()
            .any(|each| each.pid == child.pid() && each.name == "tail")
    });
    assert!(process.zombie_children().is_empty());
    child.send_line("end");
    wait_until("there is a zombie", || {
        process
            .zombie_children()
            .iter()
            .any(|zombie| zombie.parent == child.pid())
    });
    assert_eq!(process.children().len(), 1);
}

#[test]
fn the_first_process_of_a_container() {
    if !Capability::PidNamespace.is_available() {
        eprintln!("skipped: it needs {}", Capability::PidNamespace);
        return;
    }
    let mut child =
        sh("trap 'exit 7' TERM; echo \"pid $$\"; while :; do read -r line; done").spawn_as_pid_1();
    child.expect("pid 1");
    child.send_signal(Signal::SIGTERM);
    child.close_stdin();
    child.wait().assert_code(7);
}
