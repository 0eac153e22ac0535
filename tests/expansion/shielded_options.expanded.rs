#[doc = " Writes."]
#[must_use]
#[allow(unused)]
#[doc = " More words."]
pub fn r#move() -> bool {
    match renamed::shield("the ledger") {
        _shield => {
            ledger::write();
            true
        }
    }
}
