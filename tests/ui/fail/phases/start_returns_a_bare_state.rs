use aplomb::app;

#[app(start, run)]
fn main();

struct Server;

fn start() -> Server {
    Server
}

fn run(_: &Server) {}
