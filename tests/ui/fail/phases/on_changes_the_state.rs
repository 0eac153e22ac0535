use aplomb::app;

#[app(start, run, on(SIGHUP = reload))]
fn main();

struct Server;

fn start() -> Result<Server, String> {
    Ok(Server)
}

fn run(_: &Server) {}

fn reload(_: &mut Server) {}
