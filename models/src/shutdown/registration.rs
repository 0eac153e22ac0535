//! Registering to be woken at the cancellation, before it, after it, and meanwhile.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use loom::sync::atomic::AtomicBool;

use super::waiters::{Key, Waiters};
use crate::alarm::Alarm;
use crate::explore::every_order;
use crate::memory;

const SHARD: usize = 0;

fn waiters() -> Arc<Waiters> {
    Arc::new(Waiters::new(1))
}

/// One whose wakers may do what they like: no shard is locked.
fn alarm(waiters: &Arc<Waiters>) -> Arc<Alarm> {
    let waiters = Arc::downgrade(waiters);
    Alarm::new(move || {
        if let Some(key) = waiters.upgrade().and_then(|waiters| {
            let key = waiters.register(None, SHARD, std::task::Waker::noop());
            key.map(|key| (waiters, key))
        }) {
            key.0.forget(key.1);
        }
    })
}

fn register(waiters: &Waiters, key: Option<Key>, alarm: &Arc<Alarm>) -> Option<Key> {
    waiters.register(key, SHARD, &alarm.waker())
}

/// Whoever registers is woken, or told that it is over.
#[test]
fn nobody_is_forgotten() {
    every_order(|| {
        let waiters = waiters();
        let worker = {
            let waiters = Arc::clone(&waiters);
            memory::spawn(move || {
                let alarm = alarm(&waiters);
                let key = register(&waiters, None, &alarm);
                (alarm, key)
            })
        };
        waiters.wake_all();
        let (alarm, key) = worker.join().expect("it does not panic");
        assert_eq!(key.is_some(), alarm.event.is_set());
        assert!(alarm.is_forgotten(), "a waker is kept");
        assert!(register(&waiters, None, &alarm).is_none(), "it is over");
    });
}

/// With another waker, it is that one.
#[test]
fn the_last_waker_counts() {
    every_order(|| {
        let waiters = waiters();
        let worker = {
            let waiters = Arc::clone(&waiters);
            memory::spawn(move || {
                let (first, last) = (alarm(&waiters), alarm(&waiters));
                let key = register(&waiters, None, &first);
                let again = key.and_then(|key| register(&waiters, Some(key), &last));
                (first, last, key, again)
            })
        };
        waiters.wake_all();
        let (first, last, key, again) = worker.join().expect("it does not panic");
        assert!(again.is_none() || again == key, "it keeps its place");
        assert_eq!(again.is_some(), last.event.is_set());
        assert_eq!(key.is_some() && again.is_none(), first.event.is_set());
        assert!(
            first.is_forgotten() && last.is_forgotten(),
            "a waker is kept"
        );
    });
}

/// Who leaves gives its place to another one, and leaves nothing.
#[test]
fn places_are_used_again() {
    every_order(|| {
        let waiters = waiters();
        let stays = alarm(&waiters);
        let key = register(&waiters, None, &stays);
        let worker = {
            let waiters = Arc::clone(&waiters);
            memory::spawn(move || {
                let (leaves, comes) = (alarm(&waiters), alarm(&waiters));
                let place = register(&waiters, None, &leaves);
                if let Some(key) = place {
                    waiters.forget(key);
                }
                let key = register(&waiters, None, &comes);
                assert!(key.is_none() || key == place, "a place is lost");
                (leaves, comes, key)
            })
        };
        waiters.wake_all();
        let (leaves, comes, last) = worker.join().expect("it does not panic");
        assert!(key.is_some() && key != last && stays.event.is_set());
        assert_eq!(last.is_some(), comes.event.is_set());
        let alarms = [stays, leaves, comes];
        assert!(alarms.iter().all(Alarm::is_forgotten), "a waker is kept");
    });
}

/// Who looks at the flag, registers, and sleeps, does not sleep for ever. It need not look again: the list
/// knows that it is over.
#[test]
fn nobody_sleeps_through_the_request() {
    every_order(|| {
        let waiters = waiters();
        let cancelled = Arc::new(AtomicBool::new(false));
        let worker = {
            let (waiters, cancelled) = (Arc::clone(&waiters), Arc::clone(&cancelled));
            memory::spawn(move || {
                let alarm = alarm(&waiters);
                let mut key = None;
                while !cancelled.load(Ordering::Acquire) {
                    key = register(&waiters, key, &alarm);
                    if key.is_none() {
                        break;
                    }
                    alarm.event.wait();
                    alarm.event.clear();
                }
                if let Some(key) = key {
                    waiters.forget(key);
                }
            })
        };
        cancelled.store(true, Ordering::Release);
        waiters.wake_all();
        worker.join().expect("it does not panic");
    });
}
