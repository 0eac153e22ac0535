use aplomb::shielded;

#[shielded]
mod store {}

fn main() {}
