#[aplomb::shielded]
pub fn commit<'a>() -> &'a str {
    String::from("x").as_str()
}
