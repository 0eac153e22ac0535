#[aplomb::shielded]
pub async fn commit(text: String) {
    text.parse::<u8>()?;
}
