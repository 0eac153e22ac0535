#[aplomb::shielded]
pub fn commit(flag: bool) -> impl std::fmt::Display {
    if flag {
        return 1_u8;
    }
    "text"
}
