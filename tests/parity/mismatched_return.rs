#[aplomb::shielded]
pub fn commit(early: bool) -> u8 {
    if early {
        return "one";
    }
    1
}
