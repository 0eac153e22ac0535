//! Nothing happens, and nobody does anything.

use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal::SIGTERM;
use nix::unistd::Pid;

use super::app::App;
use super::place::Place;
use crate::support::{Process, Task, members_of_session, until};

#[test]
fn nobody_is_woken() {
    let place = Place::new();
    let (mut app, _) = App::start(place.program());
    place.write("first", "changed", "The second version.");
    app.expect("build 2: 3 pages");
    let members = members_of_session(app.leader);
    assert_eq!(members.len(), 2, "the app and its server: {members:?}");
    let processes: Vec<_> = members
        .iter()
        .map(|member| Process::of(Pid::from_raw(member.pid)))
        .collect();
    let tasks = || -> Vec<Task> { processes.iter().flat_map(Process::tasks).collect() };
    let ticks = || -> u64 { processes.iter().map(Process::processor_ticks).sum() };
    // Every thread has come to where it waits.
    let mut before = tasks();
    until("all threads are at rest", || {
        let settled = before.iter().all(|task| task.state == 'S');
        let now = tasks();
        let unchanged = now == before;
        before = now;
        settled && unchanged
    });
    let used = ticks();
    // The test is about this time.
    thread::sleep(Duration::from_secs(5));
    let (after, used) = (tasks(), ticks() - used);
    app.finish_by(SIGTERM);
    assert_eq!(before, after, "threads were woken");
    assert_eq!(used, 0, "processor time was used");
}
