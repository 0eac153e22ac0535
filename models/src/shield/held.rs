//! Those who are inside at one moment, and the barrier before `stop`.

use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use loom::sync::atomic::AtomicBool;

use super::Barrier;
use super::scene::{inside, wait_for};
use crate::explore::{lacking, on};
use crate::memory::{self, Fence, Kind};
use crate::sys::Event;

/// Whoever is inside and does not know of the request is waited for, and seen to have ended.
fn no_region_is_overlooked() {
    let requested = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicBool::new(false));
    let worker = {
        let (requested, done) = (Arc::clone(&requested), Arc::clone(&done));
        memory::spawn(move || {
            inside(|| {
                let knew = requested.load(Ordering::Relaxed);
                done.store(true, Ordering::Relaxed);
                knew
            })
        })
    };
    requested.store(true, Ordering::Relaxed);
    let event = Arc::new(Event::new());
    wait_for(Barrier::held_now(Arc::clone(&event)), &event);
    let was_done = done.load(Ordering::Relaxed);
    let knew = worker.join().expect("it does not panic");
    assert!(knew || was_done, "a region was cut");
}

#[test]
fn none_is_overlooked_with_fences_on_both_sides() {
    on(Kind::Symmetric, 3, no_region_is_overlooked);
}

#[test]
fn none_is_overlooked_with_a_fence_on_one_side() {
    on(Kind::Asymmetric, 3, no_region_is_overlooked);
}

#[test]
#[should_panic = "deadlock"]
fn who_enters_needs_its_fence() {
    lacking(Fence::Light, Kind::Symmetric, 3, no_region_is_overlooked);
}

#[test]
#[should_panic = "deadlock"]
fn who_waits_needs_its_fence() {
    lacking(Fence::Heavy, Kind::Symmetric, 3, no_region_is_overlooked);
}

#[test]
#[should_panic = "deadlock"]
fn who_waits_needs_to_interrupt() {
    lacking(Fence::Heavy, Kind::Asymmetric, 3, no_region_is_overlooked);
}

/// A region that a barrier has seen, and sees no more, has ended, with all that it has done: also where
/// the first that the barrier sees of it is the next region in the same slot. No fence is needed for that.
#[test]
fn what_has_ended_has_been_done() {
    lacking(Fence::Light, Kind::Symmetric, 3, || {
        let done = Arc::new(AtomicBool::new(false));
        let worker = {
            let done = Arc::clone(&done);
            memory::spawn(move || {
                inside(|| done.store(true, Ordering::Relaxed));
                inside(|| ());
            })
        };
        let mut barrier = ManuallyDrop::new(Barrier::held_now(Arc::new(Event::new())));
        let was_seen = !barrier.is_clear();
        let has_ended = barrier.is_clear();
        let was_done = done.load(Ordering::Relaxed);
        drop(ManuallyDrop::into_inner(barrier));
        worker.join().expect("it does not panic");
        assert!(!was_seen || !has_ended || was_done, "a region was cut");
    });
}

/// A region that begins when the barrier is there does not hold it up, in whichever slot.
#[test]
fn the_next_region_is_not_waited_for() {
    on(Kind::Symmetric, 3, || {
        let (is_there, is_clear) = (Arc::new(Event::new()), Arc::new(Event::new()));
        let worker = {
            let (is_there, is_clear) = (Arc::clone(&is_there), Arc::clone(&is_clear));
            memory::spawn(move || {
                inside(|| is_there.wait());
                inside(|| is_clear.wait());
            })
        };
        let event = Arc::new(Event::new());
        let barrier = Barrier::held_now(Arc::clone(&event));
        is_there.set();
        wait_for(barrier, &event);
        is_clear.set();
        worker.join().expect("it does not panic");
    });
}

/// Two barriers may wait at once, each for regions that the other one does not wait for.
#[test]
fn two_may_wait() {
    on(Kind::Symmetric, 2, || {
        let worker = memory::spawn(|| {
            inside(|| ());
            inside(|| ());
        });
        let wait = || {
            let event = Arc::new(Event::new());
            wait_for(Barrier::held_now(Arc::clone(&event)), &event);
        };
        let other = memory::spawn(wait);
        wait();
        other.join().expect("it does not panic");
        worker.join().expect("it does not panic");
    });
}
