use aplomb::app;

#[app(start, run, on(SIGHUP = reload))]
fn main();

use std::cell::Cell;

fn start() -> Result<Cell<u8>, String> {
    Ok(Cell::new(1))
}

fn run(_: &Cell<u8>) {}

fn reload(_: &Cell<u8>) {}
