use aplomb::shielded;

#[shielded]
#[shielded]
fn commit() {}

fn main() {
    commit();
}
