//! Regions of tasks, which move from thread to thread, and whose slots do, too.

use std::mem::ManuallyDrop;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Context, Waker};

use super::region::{Region, Site};
use super::scene::{Work, wait_for};
use super::slot::open_gate;
use super::{Barrier, GATE, gate};
use crate::alarm::Alarm;
use crate::explore::on;
use crate::memory::{self, Kind};
use crate::sync::lock;
use crate::sys::Event;

/// A region that has not begun. After a panic the region is not dropped: the model that its slot belongs to has ended.
fn region() -> ManuallyDrop<Region> {
    ManuallyDrop::new(Region::new(Site {
        name: "a region",
        location: Location::caller(),
    }))
}

/// A region that has begun.
fn begun() -> ManuallyDrop<Region> {
    let mut region = region();
    assert!(enter(&mut region, Waker::noop()), "the gate is open");
    region
}

/// Polls the region to let it begin. Whether it is inside.
fn enter(region: &mut Region, waker: &Waker) -> bool {
    region
        .poll_enter(&mut Context::from_waker(waker))
        .is_ready()
}

/// A region that ends on another thread, and the next one that begins there in the same slot, are two.
#[test]
fn the_next_region_is_not_waited_for() {
    on(Kind::Symmetric, 3, || {
        let (is_there, is_clear) = (Arc::new(Event::new()), Arc::new(Event::new()));
        let mut first = begun();
        let worker = {
            let (is_there, is_clear) = (Arc::clone(&is_there), Arc::clone(&is_clear));
            memory::spawn(move || {
                is_there.wait();
                first.end();
                let mut next = begun();
                is_clear.wait();
                next.end();
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

/// A region is not overlooked where it takes a slot that another one has given back, or a new one.
#[test]
fn a_slot_that_is_passed_on_is_not_overlooked() {
    on(Kind::Symmetric, 3, || {
        let work = Work::new();
        let (mut one, mut other) = (begun(), begun());
        one.end();
        let worker = {
            let work = Arc::clone(&work);
            memory::spawn(move || {
                let mut region = region();
                let begins = enter(&mut region, Waker::noop()) && work.go_on();
                region.end();
                begins
            })
        };
        // From now on the first one is for all.
        other.end();
        let event = Arc::new(Event::new());
        wait_for(Barrier::all(Arc::clone(&event)), &event);
        let was_done = work.end();
        let began = worker.join().expect("it does not panic");
        assert!(!began || was_done, "a region was cut");
    });
}

/// A region that begins inside another one, and outlives it, is seen where that one no longer is.
#[test]
fn a_region_that_takes_over_is_not_overlooked() {
    on(Kind::Symmetric, 3, || {
        let work = Work::new();
        // Before the outer one's slot in the list is a spare one.
        let (mut before, mut outer, mut after) = (begun(), begun(), begun());
        before.end();
        after.end();
        let worker = {
            let work = Arc::clone(&work);
            memory::spawn(move || {
                let mut inner = outer.run_inside(begun);
                outer.end();
                let began = work.go_on();
                inner.end();
                began
            })
        };
        let event = Arc::new(Event::new());
        wait_for(Barrier::all(Arc::clone(&event)), &event);
        let was_done = work.end();
        let began = worker.join().expect("it does not panic");
        assert!(!began || was_done, "a region was cut");
    });
}

/// An alarm that takes the gate's lock, when it rings and when it is dropped: the library must have given that back.
fn alarm() -> Arc<Alarm> {
    Alarm::new(|| drop(lock(&GATE.lock)))
}

/// A parked task is woken when the gate is opened, by the waker of its last poll.
#[test]
fn who_is_parked_is_woken() {
    on(Kind::Symmetric, 3, || {
        gate::lock_gate().close();
        let worker = memory::spawn(|| {
            let (first, last) = (alarm(), alarm());
            let mut region = region();
            if !enter(&mut region, &first.waker()) {
                while !enter(&mut region, &last.waker()) {
                    last.event.wait();
                    last.event.clear();
                }
            }
            region.end();
            [first, last]
        });
        open_gate();
        let alarms = worker.join().expect("it does not panic");
        assert!(alarms.iter().all(Alarm::is_forgotten), "a waker is kept");
    });
}

/// A parked task is not woken once the gate is sealed, whoever asks to open that.
#[test]
fn who_is_parked_stays_when_it_is_sealed() {
    on(Kind::Symmetric, 3, || {
        let event = Arc::new(Event::new());
        let barrier = Barrier::all(Arc::clone(&event));
        let worker = memory::spawn(|| {
            let alarm = alarm();
            let mut region = region();
            let got_in = enter(&mut region, &alarm.waker());
            (region, alarm, got_in)
        });
        wait_for(barrier, &event);
        open_gate();
        let (mut region, alarm, got_in) = worker.join().expect("it does not panic");
        assert!(!got_in && !alarm.event.is_set() && !enter(&mut region, &alarm.waker()));
        region.end();
        assert!(alarm.is_forgotten(), "a waker is kept");
    });
}

/// A region that is dropped at the gate leaves no waker there.
#[test]
fn who_is_parked_may_be_dropped() {
    on(Kind::Symmetric, 3, || {
        gate::lock_gate().close();
        let worker = memory::spawn(|| {
            let alarm = alarm();
            let mut region = region();
            enter(&mut region, &alarm.waker());
            region.end();
            alarm
        });
        open_gate();
        let alarm = worker.join().expect("it does not panic");
        assert!(alarm.is_forgotten(), "a waker is kept");
    });
}
