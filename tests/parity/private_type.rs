struct Batch;

#[aplomb::shielded]
pub fn commit(batch: Batch) {
    drop(batch);
}
