#[aplomb::shielded]
fn never_called(parameter: u8) {
    let mut local = 1;
    let value;
    value = 2;
    std::fs::read("x");
    return;
    println!();
}

#[aplomb::shielded]
pub fn braces() -> u8 {
    ({ 1 })
}
