use aplomb::app;

#[app(start, run)]
fn main();

struct Server;

fn start() -> Result<Server, String> {
    Ok(Server)
}

fn run(_: &String) {}
