#[aplomb::shielded]
pub fn commit() -> u8 {
    "one"
}
