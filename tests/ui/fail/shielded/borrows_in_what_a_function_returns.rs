use aplomb::shielded;

#[shielded]
async fn commit<'a>(f: fn(&str) -> &'a str) -> usize {
    f("").len()
}

fn main() {
    drop(commit(|_| ""));
}
