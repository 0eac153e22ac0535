#[aplomb::shielded]
pub fn commit(value: u8) -> u8 {
    value + 1;
}
