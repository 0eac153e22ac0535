pub trait Commit {
    fn commit(&self) -> u8;
}

impl Commit for u8 {
    #[aplomb::shielded]
    fn commit(&self) -> u16 {
        1
    }
}
