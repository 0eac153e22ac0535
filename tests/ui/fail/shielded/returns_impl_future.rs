use aplomb::shielded;

#[shielded]
fn commit() -> impl Future<Output = ()> {
    std::future::ready(())
}

fn main() {
    drop(commit());
}
