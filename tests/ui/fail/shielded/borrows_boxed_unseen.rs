use aplomb::shielded;
use std::pin::Pin;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type Text<'a> = &'a str;

#[shielded]
fn commit<'a>(text: Text<'a>) -> BoxFuture<'a, usize> {
    Box::pin(async move { text.len() })
}

fn main() {
    drop(commit(""));
}
