use aplomb::app;

#[app(start, run)]
async fn main();

async fn start() -> Result<u8, String> {
    Ok(1)
}

async fn run(_: &u16) {}
