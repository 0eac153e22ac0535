use aplomb::shielded;
use std::rc::Rc;

#[shielded]
async fn commit() -> u8 {
    let value = Rc::new(1);
    std::future::ready(()).await;
    *value
}

fn main() {
    drop(commit());
}
