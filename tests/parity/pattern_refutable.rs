#[aplomb::shielded]
pub fn commit(Some(value): Option<u8>) -> u8 {
    value
}
