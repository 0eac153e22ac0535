use aplomb::app;

#[app(run)]
pub const LIMIT: u8 = 1;

fn main() {}
