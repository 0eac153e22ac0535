pub struct Store(String);

impl Store {
    #[aplomb::shielded]
    pub fn commit(&self) -> String {
        self.0
    }
}
