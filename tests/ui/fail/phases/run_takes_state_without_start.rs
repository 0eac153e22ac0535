use aplomb::app;

#[app(run)]
fn main();

struct Server;

fn run(_: &mut Server) {}
