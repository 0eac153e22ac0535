use aplomb::shielded;

#[shielded]
pub struct Store;

fn main() {}
