use aplomb::shielded;
use std::pin::Pin;

#[shielded(inline)]
async fn commit() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(std::future::ready(()))
}

fn main() {
    drop(commit());
}
