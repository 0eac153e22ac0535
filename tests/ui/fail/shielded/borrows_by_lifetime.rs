use aplomb::shielded;
use std::borrow::Cow;

#[shielded]
async fn commit<'a>(texts: Vec<Cow<'a, str>>) -> usize {
    texts.len()
}

fn main() {
    drop(commit(vec![]));
}
