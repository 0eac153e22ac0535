use aplomb::shielded;

type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T>>>;

#[shielded]
fn commit() -> BoxFuture<()> {
    Box::pin(async move {})
}

fn main() {
    drop(commit());
}
