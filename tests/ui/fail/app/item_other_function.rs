use aplomb::app;

#[app(run)]
fn serve();

fn run() {}

fn main() {}
