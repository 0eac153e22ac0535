#[aplomb::shielded]
pub async fn commit(values: Vec<u8>) {
    values.push(1);
}
