use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use super::slot::slots;
use super::*;
use crate::sys::Event;

fn event() -> Arc<Event> {
    Arc::new(Event::new().unwrap())
}

/// Shields belong to the whole process, and these tests look at all of them. So they run one after the other.
pub(super) static ALONE: Mutex<()> = Mutex::new(());

#[test]
fn nests_and_ends_in_any_order() {
    let _alone = ALONE.lock();
    assert!(!held(Shields::All));
    let outer = shield("outer");
    let inner = shield("inner");
    drop(outer);
    assert!(held(Shields::All));
    drop(inner);
    assert!(!held(Shields::All));
}

#[test]
fn ends_when_a_panic_unwinds() {
    let _alone = ALONE.lock();
    let caught = std::panic::catch_unwind(|| {
        let _shield = shield("panics");
        std::panic::resume_unwind(Box::new(()));
    });
    assert!(caught.is_err() && !held(Shields::All));
}

#[test]
fn a_barrier_waits_for_what_is_held_and_not_for_what_comes() {
    let _alone = ALONE.lock();
    let (to_worker, from_test) = mpsc::channel::<()>();
    let (to_test, from_worker) = mpsc::channel();
    let worker = thread::Builder::new().name("worker".into()).spawn(move || {
        let first = shield("first");
        to_test.send(()).unwrap();
        from_test.recv().unwrap();
        drop(first);
        let _second = shield("second");
        to_test.send(()).unwrap();
        from_test.recv().unwrap();
    });
    let worker = worker.unwrap();
    from_worker.recv().unwrap();
    let event = event();
    let mut barrier = Barrier::held_now(Arc::clone(&event));
    assert!(!barrier.is_clear());
    let holders = barrier.holders();
    assert_eq!(holders.len(), 1);
    assert_eq!(
        (holders[0].name(), holders[0].holder()),
        ("first", "thread `worker`")
    );
    assert!(holders[0].file().ends_with("tests.rs"));
    to_worker.send(()).unwrap();
    from_worker.recv().unwrap();
    assert!(barrier.is_clear());
    assert_eq!(pending()[0].name(), "second");
    to_worker.send(()).unwrap();
    worker.join().unwrap();
    assert!(pending().is_empty());
}

#[test]
fn a_slot_is_used_again() {
    let _alone = ALONE.lock();
    let before = || slots().count();
    thread::spawn(|| drop(shield("one"))).join().unwrap();
    let count = before();
    for _ in 0..10 {
        thread::spawn(|| drop(shield("more"))).join().unwrap();
    }
    assert_eq!(before(), count);
}
