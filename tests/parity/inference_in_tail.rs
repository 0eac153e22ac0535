#[aplomb::shielded]
pub fn commit() -> usize {
    "1 2".split(' ').map(|text| text.parse().unwrap()).sum::<usize>() + Default::default().len()
}
