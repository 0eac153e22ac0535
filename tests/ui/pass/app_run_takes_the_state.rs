#![deny(warnings)]

use aplomb::Shutdown;

struct Server(u8);

#[aplomb::app(start, run, stop)]
fn main();

fn start() -> Result<Server, String> {
    Ok(Server(1))
}

fn run(_: &Shutdown, server: Server) {
    assert_eq!(server.0, 1);
}

fn stop(_: &Shutdown) {}
