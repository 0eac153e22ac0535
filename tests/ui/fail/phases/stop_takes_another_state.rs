use aplomb::app;

#[app(start, run, stop)]
fn main();

struct Server;

fn start() -> Result<Server, String> {
    Ok(Server)
}

fn run() {}

fn stop(_: String) {}
