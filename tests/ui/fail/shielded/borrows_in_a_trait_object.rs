use aplomb::shielded;

#[shielded]
async fn commit(f: Box<dyn Fn(&str) -> &str + '_>) -> usize {
    f("").len()
}

fn main() {
    drop(commit(Box::new(str::trim)));
}
