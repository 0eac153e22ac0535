#[aplomb::shielded]
pub fn commit(values: &mut Vec<u8>) -> &mut u8 {
    let first = &mut values[0];
    values.push(1);
    first
}
