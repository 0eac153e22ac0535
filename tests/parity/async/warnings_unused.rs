#[aplomb::shielded]
pub async fn commit(value: u8, mut changed: u8, (first, second): (u8, u8)) -> u8 {
    let local = 1;
    std::future::ready(());
    return second;
    changed = 3;
}
