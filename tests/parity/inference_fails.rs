#[aplomb::shielded]
pub fn commit() {
    let values = Vec::new();
    drop(values);
}
