#[aplomb::shielded]
pub async fn commit(value: u8) -> u8 {
    if value > 1 {
        return "one";
    }
    value
}
