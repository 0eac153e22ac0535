use aplomb::shielded;

pub trait Store {
    #[shielded]
    fn commit(&self);
}

fn main() {}
