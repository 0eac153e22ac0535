use aplomb::app;

#[app(start, run, on(SIGHUP = reload))]
fn main();

fn start() -> Result<u8, String> {
    Ok(1)
}

fn run(_: &mut u8) {}

fn reload(_: &u8) {}
