use aplomb::shielded;
use std::rc::Rc;

#[shielded]
async fn commit(value: Rc<u8>) -> u8 {
    std::future::ready(()).await;
    *value
}

fn main() {
    drop(commit(Rc::new(1)));
}
