use aplomb::app;

#[app(run)]
#[tokio::main]
fn main() {}

fn run() {}
