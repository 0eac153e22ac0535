use aplomb::shielded;

#[shielded]
async fn commit(pair: (fn(&str) -> &str, &str)) -> usize {
    pair.0(pair.1).len()
}

fn main() {
    drop(commit((str::trim, "")));
}
