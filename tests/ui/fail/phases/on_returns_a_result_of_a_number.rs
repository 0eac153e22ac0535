use aplomb::app;

#[app(run, on(SIGHUP = reload))]
fn main();

fn run() {}

fn reload() -> Result<u8, String> {
    Ok(1)
}
