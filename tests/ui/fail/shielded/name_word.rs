use aplomb::shielded;

#[shielded(name = commit)]
fn commit() {}

fn main() {
    commit();
}
