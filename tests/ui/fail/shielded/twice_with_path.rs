use aplomb::shielded;

#[shielded]
#[must_use]
#[aplomb::shielded(name = "x")]
fn commit() -> u8 {
    1
}

fn main() {
    drop(commit());
}
