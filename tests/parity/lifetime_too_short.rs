#[aplomb::shielded]
pub fn commit<'a>(one: &'a str, other: &str) -> &'a str {
    if one.is_empty() { other } else { one }
}
