#[aplomb::shielded]
pub async fn commit(value: Option<u8>) -> u8 {
    match value {
        Some(value) => value,
    }
}
