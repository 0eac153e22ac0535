#[aplomb::shielded]
pub fn commit() {
    let value = ;
}
