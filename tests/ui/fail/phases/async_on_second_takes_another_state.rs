use aplomb::app;

#[app(run, on(SIGHUP = reload, SIGUSR1 = rotate))]
async fn main();

async fn run() {}

async fn reload() -> Result<(), String> {
    Ok(())
}

async fn rotate(_: &String) {}
