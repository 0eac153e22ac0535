#[aplomb::shielded]
pub async fn commit(value: u8) -> Result<u8, String> {
    value
}
