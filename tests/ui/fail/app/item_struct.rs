use aplomb::app;

#[app(run)]
pub struct Server;

fn main() {}
