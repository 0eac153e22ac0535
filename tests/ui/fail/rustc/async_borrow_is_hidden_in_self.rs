use aplomb::shielded;

struct View<'a>(&'a str);

impl View<'_> {
    #[shielded]
    async fn commit(self) -> usize {
        self.0.len()
    }
}

fn main() {
    drop(View("").commit());
}
