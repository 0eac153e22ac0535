use aplomb::app;

#[app(run, on(SIGHUP = reload))]
fn main();

fn run() {}

fn reload() -> Result<(), String> {
    Ok(())
}
