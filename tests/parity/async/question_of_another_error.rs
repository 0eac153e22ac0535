#[aplomb::shielded]
pub async fn commit(text: String) -> Result<u8, std::fmt::Error> {
    let value = text.parse::<u8>()?;
    Ok(value)
}
