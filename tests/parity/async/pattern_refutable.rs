#[aplomb::shielded]
pub async fn commit(Some(value): Option<u8>) -> u8 {
    value
}
