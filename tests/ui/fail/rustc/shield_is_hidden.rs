use aplomb::shielded;

#[shielded]
fn commit() {
    drop(_shield);
}

fn main() {
    commit();
}
