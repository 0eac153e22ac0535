use aplomb::shielded;

#[shielded]
pub trait Store {
    fn commit();
}

fn main() {}
