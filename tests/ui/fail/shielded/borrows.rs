use aplomb::shielded;

#[shielded]
async fn commit(number: u8, text: &str) -> usize {
    text.len() + usize::from(number)
}

fn main() {
    drop(commit(1, ""));
}
