//! What a shield is known by: the name of the function, and the place of that name, or for a task
//! the place where it is called.
#![deny(warnings)]

use aplomb::{Shutdown, shielded};

type Known = (String, String, u32);

#[rustfmt::skip]
#[shielded(inline)]
async fn
    commit(_: &u8) -> Known { held() }

#[shielded(inline, name = "the ledger")]
async fn named() -> Known {
    held()
}

#[shielded]
async fn r#move() -> Known {
    held()
}

#[inline]
#[shielded]
async fn inlined() -> Known {
    held()
}

#[shielded]
#[must_use]
async fn must_be_awaited() -> Known {
    held()
}

#[shielded]
#[track_caller]
async fn tracked() -> Known {
    held()
}

struct Store;

impl Store {
    #[shielded(name = "the store")]
    async fn commit(self) -> Known {
        held()
    }
}

fn held() -> Known {
    let pending = Shutdown::new().held_shields();
    let [shield] = &pending[..] else {
        panic!("{pending:?}")
    };
    (shield.name().into(), shield.file().into(), shield.line())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let known = |name: &str, line| (name.to_string(), file!().to_string(), line);
    assert_eq!(commit(&1).await, known("commit", 12));
    assert_eq!(named().await, known("the ledger", 15));
    assert_eq!(r#move().await, known("move", line!()));
    assert_eq!(inlined().await, known("inlined", line!()));
    assert_eq!(tracked().await, known("tracked", line!()));
    assert_eq!(Store.commit().await, known("the store", line!()));
    // What `#[must_use]` is about is what is awaited: so this stays an `async fn`.
    assert_eq!(must_be_awaited().await, known("must_be_awaited", 32));
    assert!(Shutdown::new().held_shields().is_empty());
}
