#[aplomb::shielded]
pub fn commit(value: Option<u8>) -> Result<u8, String> {
    Ok(value?)
}
