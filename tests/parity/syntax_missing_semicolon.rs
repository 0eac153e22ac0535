#[aplomb::shielded]
pub fn commit() -> u8 {
    let one = 1
    let two = 2;
    one + two
}
