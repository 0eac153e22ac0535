#[aplomb::shielded]
pub fn commit(values: &[u8]) -> u8 {
    values.frist()
}
