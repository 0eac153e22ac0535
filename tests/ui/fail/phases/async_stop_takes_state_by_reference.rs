use aplomb::app;

#[app(start, run, stop)]
async fn main();

async fn start() -> Result<u8, String> {
    Ok(1)
}

async fn run() {}

async fn stop(_: &u8) {}
