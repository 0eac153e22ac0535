use aplomb::app;

#[app(run, on(SIGHUP = reload))]
async fn main();

async fn run() {}

fn reload() {}
