pub trait Commit {}

impl Commit for u8 {
    #[aplomb::shielded]
    fn commit(&self) {}
}
