use aplomb::shielded;

#[shielded]
const fn commit() {}

fn main() {
    commit();
}
