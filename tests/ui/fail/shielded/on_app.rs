use aplomb::{app, shielded};

#[shielded]
#[app(run)]
fn main() {}

fn run() {}
