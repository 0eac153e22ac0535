use aplomb::shielded;
use async_trait::async_trait;

#[async_trait]
trait Commit {
    async fn commit(&self, text: String) -> usize;
}

#[async_trait]
impl Commit for u8 {
    #[shielded]
    async fn commit(&self, text: String) -> usize {
        text.len()
    }
}

fn main() {
    drop(1.commit(String::new()));
}
