#[aplomb::shielded]
pub fn commit(value: u8) -> u8 {
    value
}

pub fn caller() -> u8 {
    commit("text")
}
