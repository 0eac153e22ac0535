#[aplomb::shielded]
pub async fn commit(text: String) -> Result<(), std::num::ParseIntError> {
    let value = text.parse()?;
    Ok(())
}
