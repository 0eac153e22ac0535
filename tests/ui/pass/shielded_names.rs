//! What a shield is known by: the function's name, and the place of that name.
#![deny(warnings)]

use aplomb::{Shutdown, shielded};

#[rustfmt::skip]
#[shielded]
fn
    commit() -> (String, String, u32) { held() }

#[shielded(name = "the ledger")]
fn named() -> (String, String, u32) {
    held()
}

#[shielded]
fn r#move() -> (String, String, u32) {
    held()
}

fn held() -> (String, String, u32) {
    let pending = Shutdown::new().held_shields();
    let [shield] = &pending[..] else {
        panic!("{pending:?}")
    };
    (shield.name().into(), shield.file().into(), shield.line())
}

fn main() {
    let file = || file!().to_string();
    assert_eq!(commit(), ("commit".into(), file(), 9));
    assert_eq!(named(), ("the ledger".into(), file(), 12));
    assert_eq!(r#move(), ("move".into(), file(), 17));
    assert!(Shutdown::new().held_shields().is_empty());
}
