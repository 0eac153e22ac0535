use aplomb::shielded;

struct Store(u8);

impl Store {
    #[shielded]
    async fn commit<'a>(&'a mut self, _: &u8) -> u8 {
        self.0
    }
}

fn main() {
    let _ = Store::commit;
}
