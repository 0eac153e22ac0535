use aplomb::shielded;

#[shielded]
async fn commit<T>(value: T) -> usize {
    std::mem::size_of_val(&value)
}

fn main() {
    drop(commit(1));
}
