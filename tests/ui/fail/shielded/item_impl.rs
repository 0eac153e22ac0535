use aplomb::shielded;

pub struct Store;

#[shielded]
impl Store {
    pub fn commit() {}
}

fn main() {}
