use aplomb::shielded;

#[shielded]
pub static STORE: u8 = 0;

fn main() {}
