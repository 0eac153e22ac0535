#[aplomb::shielded]
pub fn commit(values: Vec<u8>) -> impl Iterator<Item = u8> {
    values.iter().map(|value| value + 1)
}
