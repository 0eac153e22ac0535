#[aplomb::shielded]
pub async fn commit(values: Vec<u8>) -> usize {
    values.length()
}
