#[aplomb::shielded]
pub async fn commit(values: Vec<u8>) -> usize {
    drop(values);
    values.len()
}
