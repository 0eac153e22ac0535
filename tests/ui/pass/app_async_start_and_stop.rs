#![deny(warnings)]

struct Server(u8);

#[aplomb::app(start, run, stop)]
async fn main();

fn start() -> Result<Server, String> {
    Ok(Server(1))
}

async fn run(server: &mut Server) {
    server.0 += 1;
}

fn stop(server: &Server) {
    assert_eq!(server.0, 2);
}
