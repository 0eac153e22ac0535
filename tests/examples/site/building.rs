//! How the site follows the changes of its pages.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal::SIGTERM;
use notify::event::{EventKind, ModifyKind, RenameMode};
use notify::{RecursiveMode, Watcher};

use super::app::App;
use super::client::get;
use super::place::Place;
use super::scripts;
use super::whole::check_page;
use crate::examples::program::text;

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn changes_are_built() {
    let place = Place::new();
    let (mut app, address) = App::start(place.program());
    let served = || check_page(&get(address, "/").body, "index");
    place.write("first", "changed", "The second version.");
    app.expect("build 2: 3 pages");
    assert_eq!(served(), place.titles());
    place.write("third", "new", "The first version.");
    app.expect("build 3: 4 pages");
    assert_eq!(served(), place.titles());
    fs::remove_file(place.content().join("third.md")).unwrap();
    app.expect("build 4: 3 pages");
    assert_eq!(served(), place.titles());
    assert_eq!(get(address, "/third.html").status, 404);
    // This page is written in place, as many programs write files.
    fs::write(place.content().join("index.md"), "# another\n").unwrap();
    let mut build = 4;
    while served() != place.titles() {
        // A build may have read the page while it was empty. Then another build follows.
        build += 1;
        app.expect(&format!("build {build}: 3 pages"));
    }
    app.reaps();
    app.stop_by(SIGTERM);
    assert_eq!(place.check().unwrap().titles, place.titles());
}

/// Pages that are saved together are built together.
#[test]
fn changes_that_come_together_are_one() {
    let place = Place::new();
    let (mut app, _) = App::start(place.program().args(["--settle", "1000"]));
    for number in 0..30 {
        place.write("first", &format!("version {number}"), "Again.");
    }
    app.expect("build 2: 3 pages");
    app.stop_by(SIGTERM).assert_once("a page has changed");
    assert_eq!(place.check().unwrap().titles, place.titles());
}

/// A page that changes during a build is in the next build.
#[test]
fn a_change_during_a_build_is_not_missed() {
    let place = Place::new();
    let gate = place.gate();
    let mut app = App::spawn(place.slow(&gate));
    app.expect("tool begins");
    place.write("first", "changed", "The second version.");
    gate.open();
    app.is_up();
    app.expect("tool begins");
    place.write("first", "changed again", "The third version.");
    gate.open();
    app.expect("build 2: 3 pages");
    gate.open();
    app.expect("build 3: 3 pages");
    app.stop_by(SIGTERM);
    assert_eq!(place.check().unwrap().titles, place.titles());
}

/// Reading a page causes no build, and neither does a file that is no page.
#[test]
fn nothing_is_built_without_a_change() {
    let place = Place::new();
    let (mut app, _) = App::start(place.program());
    for _ in 0..10 {
        place.titles();
        fs::write(place.content().join("notes.txt"), "no page").unwrap();
    }
    // The next build is the second one, so nothing was built in the meantime.
    place.write("first", "changed", "The second version.");
    app.expect("build 2: 3 pages");
    app.stop_by(SIGTERM).assert_once("a page has changed");
}

/// Readers look at any moment, through the link and at the server.
#[test]
fn readers_see_whole_pages_of_one_build() {
    let place = Place::new();
    let (mut app, address) = App::start(place.program());
    let over = AtomicBool::new(false);
    let (files, answers) = thread::scope(|scope| {
        let files = scope.spawn(|| {
            let mut seen = 0;
            while !over.load(SeqCst) {
                let page = fs::read(place.output().join("current/second.html")).unwrap();
                check_page(&page, "second");
                seen += 1;
            }
            seen
        });
        let answers = scope.spawn(|| {
            let mut seen = 0;
            while !over.load(SeqCst) {
                for (path, name) in [("/", "index"), ("/second.html", "second")] {
                    let answer = get(address, path);
                    assert_eq!(answer.status, 200);
                    check_page(&answer.body, name);
                }
                seen += 1;
            }
            seen
        });
        // A panic drops this guard, too, so that the other threads end.
        let end = SetOnDrop(&over);
        for build in 2..30 {
            place.write("first", &format!("version {build}"), "Again.");
            app.expect(&format!("build {build}: 3 pages"));
            assert_eq!(place.build(), build);
        }
        drop(end);
        (files.join().unwrap(), answers.join().unwrap())
    });
    assert!(files > 10 && answers > 10, "{files} {answers}");
    app.reaps();
    app.stop_by(SIGTERM);
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// Whoever reads through the link always finds it, since the link is never removed, only replaced.
#[test]
fn the_link_is_always_there() {
    let place = Place::new();
    let (mut app, _) = App::start(place.program());
    let (to, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(to).unwrap();
    watcher
        .watch(&place.output(), RecursiveMode::NonRecursive)
        .unwrap();
    let current = place.output().join("current");
    for build in 2..6 {
        place.write("first", &format!("version {build}"), "Again.");
        app.expect(&format!("build {build}: 3 pages"));
        let replaced = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        loop {
            let event = events.recv_timeout(PATIENCE).unwrap().unwrap();
            if event.paths == [&*current] {
                assert_eq!(event.kind, replaced, "{event:?}");
                break;
            }
        }
    }
    app.stop_by(SIGTERM);
}

/// Whoever writes makes mistakes. The site of before stays until they are corrected.
#[test]
fn a_build_that_fails_changes_nothing() {
    let place = Place::new();
    let tool = scripts::strict_tool(place.path());
    let (mut app, address) = App::start(place.program().args(["--tool", &tool]));
    let before = get(address, "/first.html").body;
    place.write("first", "changed", "WRONG");
    app.expect_stderr(&["cannot build", "the tool", "exit status: 3"]);
    assert_eq!(place.build(), 1);
    assert!(get(address, "/first.html").body == before);
    place.write("first", "changed", "Right.");
    app.expect("build 3: 3 pages");
    assert_eq!(check_page(&get(address, "/").body, "index"), place.titles());
    app.send_signal(SIGTERM);
    app.wait().assert_signal(SIGTERM).assert_once("stopped");
    assert_eq!(place.build(), 3);
}

/// The app ends when its content is gone, since nothing is left to build or to watch.
#[test]
fn content_that_is_gone_is_the_end() {
    let place = Place::new();
    let (app, _) = App::start(place.program());
    let content = place.content();
    fs::rename(&content, place.path().join("elsewhere")).unwrap();
    fs::remove_dir_all(place.path().join("elsewhere")).unwrap();
    let output = app.wait();
    output
        .assert_code(1)
        .assert_once("stopped")
        .assert_stderr(&["Error", text(&content), "is gone"]);
    assert_eq!(place.build(), 1);
}
