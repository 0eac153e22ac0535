#![deny(warnings)]

mod config {
    pub type LoadResult<T> = std::result::Result<T, std::fmt::Error>;
}

#[aplomb::app(run)]
fn main() -> config::LoadResult<u8> {
    Ok(3)
}

fn run(state: &u8) {
    assert_eq!(*state, 3);
}
