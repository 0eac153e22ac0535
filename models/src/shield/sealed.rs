//! The barrier before the exit.

use std::mem::ManuallyDrop;
use std::sync::Arc;

use super::scene::{Work, inside, wait_and_look_again, wait_for};
use super::slot::open_gate;
use super::{Barrier, gate};
use crate::explore::{lacking, on};
use crate::memory::{self, Fence, Kind};
use crate::sys::Event;

/// When the barrier is clear, nobody is inside, and nobody gets in.
fn nobody_is_inside_at_the_end() {
    let work = Work::new();
    let worker = {
        let work = Arc::clone(&work);
        memory::spawn(move || inside(|| work.go_on()))
    };
    let event = Arc::new(Event::new());
    wait_for(Barrier::all(Arc::clone(&event)), &event);
    let was_done = work.end();
    let began = worker.join().expect("it does not panic");
    assert!(!began || was_done, "a region was cut");
}

#[test]
fn nobody_is_inside_with_fences_on_both_sides() {
    on(Kind::Symmetric, 3, nobody_is_inside_at_the_end);
}

#[test]
fn nobody_is_inside_with_a_fence_on_one_side() {
    on(Kind::Asymmetric, 3, nobody_is_inside_at_the_end);
}

#[test]
#[should_panic = "a region was cut"]
fn who_enters_needs_its_fence() {
    lacking(
        Fence::Light,
        Kind::Symmetric,
        3,
        nobody_is_inside_at_the_end,
    );
}

#[test]
#[should_panic = "a region was cut"]
fn who_waits_needs_its_fence() {
    lacking(
        Fence::Heavy,
        Kind::Symmetric,
        3,
        nobody_is_inside_at_the_end,
    );
}

/// A parked thread has what one inside waits for: the parked one is let through in the end.
#[test]
fn who_is_parked_is_let_through() {
    on(Kind::Symmetric, 1, || {
        let handed = Arc::new(Event::new());
        let waiting = {
            let handed = Arc::clone(&handed);
            memory::spawn(move || inside(|| handed.wait()))
        };
        let handing = memory::spawn(move || {
            inside(|| ());
            handed.set();
        });
        let event = Arc::new(Event::new());
        wait_and_look_again(Barrier::all(Arc::clone(&event)), &event);
        Work::new().end();
        waiting.join().expect("it does not panic");
        handing.join().expect("it does not panic");
    });
}

/// What one barrier opens, another does not seal before it has seen who got in.
#[test]
fn two_may_wait() {
    on(Kind::Symmetric, 3, || {
        let work = Work::new();
        let one = ManuallyDrop::new(Barrier::all(Arc::new(Event::new())));
        let mut other = ManuallyDrop::new(Barrier::all(Arc::new(Event::new())));
        let worker = {
            let work = Arc::clone(&work);
            memory::spawn(move || inside(|| work.go_on()))
        };
        let sealing = {
            let work = Arc::clone(&work);
            memory::spawn(move || other.is_clear().then(|| work.end()))
        };
        open_gate();
        gate::lock_gate().close();
        let was_done = sealing.join().expect("it does not panic");
        open_gate();
        let began = worker.join().expect("it does not panic");
        assert!(!began || was_done != Some(false), "a region was cut");
        drop(ManuallyDrop::into_inner(one));
    });
}
