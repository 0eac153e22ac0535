#![deny(warnings)]

use aplomb::Shutdown;

#[aplomb::app(start, run, stop)]
fn main();

fn start() -> Result<Shutdown, std::fmt::Error> {
    Ok(Shutdown::new())
}

fn run(own: &Shutdown, app: &Shutdown) {
    own.request("done");
    assert!(!app.requested());
}

fn stop(own: Shutdown) {
    assert!(own.requested());
}
