//! What the shield outlives: all of the body, with its temporaries; and what it does not: the
//! parameters, which in every function are dropped last.
#![deny(warnings)]

use aplomb::{Shutdown, shielded};
use std::cell::RefCell;

thread_local!(static SEEN: RefCell<Vec<(&'static str, bool)>> = const { RefCell::new(Vec::new()) });

struct Noted(&'static str);

impl Noted {
    fn value(&self) -> u8 {
        1
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        let shielded = !Shutdown::new().held_shields().is_empty();
        SEEN.with_borrow_mut(|seen| seen.push((self.0, shielded)));
    }
}

#[shielded]
fn commit(_parameter: Noted) -> u8 {
    let _local = Noted("local");
    Noted("temporary").value()
}

fn main() {
    commit(Noted("parameter"));
    let seen = SEEN.take();
    assert!(seen.contains(&("local", true)), "{seen:?}");
    assert!(seen.contains(&("temporary", true)), "{seen:?}");
    assert!(seen.contains(&("parameter", false)), "{seen:?}");
}
