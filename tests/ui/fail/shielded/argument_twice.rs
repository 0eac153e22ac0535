use aplomb::shielded;

#[shielded(name = "a", name = "b")]
fn commit() {}

fn main() {
    commit();
}
