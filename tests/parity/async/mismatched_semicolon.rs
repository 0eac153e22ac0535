#[aplomb::shielded]
pub async fn commit(value: u8) -> u8 {
    value + 1;
}
