#[aplomb::shielded]
pub fn commit(flag: bool) -> u8 {
    if flag {
        1
    }
}
