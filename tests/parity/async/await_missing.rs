#[aplomb::shielded]
pub async fn commit(value: u8) -> u8 {
    let read: u8 = read(value);
    read
}

async fn read(value: u8) -> u8 {
    value
}
