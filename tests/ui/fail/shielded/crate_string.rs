use aplomb::shielded;

#[shielded(crate = "renamed")]
fn commit() {}

fn main() {
    commit();
}
