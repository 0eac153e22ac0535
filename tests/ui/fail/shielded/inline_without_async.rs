use aplomb::shielded;

#[shielded(inline)]
fn commit() {}

fn main() {
    commit();
}
