use aplomb::app;

#[app(start, run)]
fn main();

async fn start() -> Result<u8, String> {
    Ok(1)
}

fn run(_: &u8) {}
