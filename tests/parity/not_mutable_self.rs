pub struct Store(u8);

impl Store {
    #[aplomb::shielded]
    pub fn commit(&self) {
        self.0 += 1;
    }
}
