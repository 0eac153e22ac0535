#[aplomb::shielded]
pub fn commit() -> Box<dyn Fn(u8) -> u8> {
    Box::new(|| 1)
}
