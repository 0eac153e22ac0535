#[aplomb::shielded]
pub fn commit(batch: Batch) -> Other {
    batch
}
