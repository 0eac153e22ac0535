use aplomb::shielded;
use std::rc::Rc;

#[shielded]
async fn commit() -> Rc<u8> {
    Rc::new(1)
}

fn main() {
    drop(commit());
}
