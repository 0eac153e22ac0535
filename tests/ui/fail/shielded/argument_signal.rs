use aplomb::shielded;

#[shielded(SIGTERM)]
fn commit() {}

fn main() {
    commit();
}
