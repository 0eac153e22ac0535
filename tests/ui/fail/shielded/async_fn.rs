use aplomb::shielded;

#[shielded]
async fn commit() {
    std::future::ready(()).await;
}

fn main() {
    drop(commit());
}
