use aplomb::app;

#[app(run, on(SIGHUP = reload))]
fn main();

fn run() {}

async fn reload() {}
