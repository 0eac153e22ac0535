#[aplomb::shielded]
pub fn commit<'a>() -> &'a str {
    let text = String::from("x");
    text.as_str()
}
