#[shielded(name = "the ledger", crate = renamed)]
/// Writes.
#[must_use]
pub fn r#move() -> bool {
    #![allow(unused)]
    //! More words.
    ledger::write();
    true
}
