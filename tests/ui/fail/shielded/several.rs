use aplomb::shielded;

#[shielded(inline, nam = "x", name = 3)]
const fn commit() {}

fn main() {
    commit();
}
