use aplomb::shielded;

#[shielded(inline)]
async fn commit(batch: &str) {
    drop(batch.len());
}

fn main() {
    drop(commit(""));
}
