#[aplomb::shielded]
pub fn commit() {}

#[aplomb::shielded]
pub fn commit() {}
