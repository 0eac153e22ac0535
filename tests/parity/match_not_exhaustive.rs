#[aplomb::shielded]
pub fn commit(value: Option<u8>) -> u8 {
    match value {
        Some(value) => value,
    }
}
