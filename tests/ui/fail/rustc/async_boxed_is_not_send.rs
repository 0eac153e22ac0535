use aplomb::shielded;
use std::pin::Pin;

#[shielded]
fn commit() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {})
}

fn main() {
    drop(commit());
}
