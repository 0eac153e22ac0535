use aplomb::shielded;
use std::pin::Pin;

#[shielded]
fn commit(text: &str) -> Pin<Box<dyn Future<Output = usize> + Send + '_>> {
    Box::pin(async move { text.len() })
}

fn main() {
    drop(commit(""));
}
