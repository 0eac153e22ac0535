use aplomb::shielded;

#[shielded("commit")]
fn commit() {}

fn main() {
    commit();
}
