use aplomb::app;

#[app(run, on(SIGHUP = reload))]
fn main();

struct Bad;

fn run() {}

fn reload() -> Result<(), Bad> {
    Err(Bad)
}
