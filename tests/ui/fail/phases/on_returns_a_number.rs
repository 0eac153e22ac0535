use aplomb::app;

#[app(run, on(SIGHUP = reload))]
fn main();

fn run() {}

fn reload() -> u8 {
    1
}
