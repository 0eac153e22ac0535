use aplomb::shielded;

#[shielded(name = "")]
fn commit() {}

fn main() {
    commit();
}
