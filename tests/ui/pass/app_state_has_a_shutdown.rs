#![deny(warnings)]

use aplomb::Shutdown;

/// The app's own handle is a `Shutdown`, too: one type for each role.
struct Own(Shutdown);

#[aplomb::app(start, run, stop)]
fn main();

fn start() -> Result<Own, std::fmt::Error> {
    Ok(Own(Shutdown::new()))
}

fn run(own: &Own, app: &Shutdown) {
    own.0.request("done");
    assert!(!app.is_requested());
}

fn stop(own: Own) {
    assert!(own.0.is_requested());
}
