use aplomb::shielded;

#[shielded(inline)]
async fn commit() -> impl Future<Output = ()> {
    std::future::ready(())
}

fn main() {
    drop(commit());
}
