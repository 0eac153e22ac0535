use aplomb::shielded;

#[shielded(timeout = "5s")]
fn commit() {}

fn main() {
    commit();
}
