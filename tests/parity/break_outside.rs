#[aplomb::shielded]
pub fn commit() {
    break;
}
