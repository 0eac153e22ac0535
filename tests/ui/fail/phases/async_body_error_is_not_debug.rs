use aplomb::app;

#[app(run)]
async fn main() -> Result<u8, Silent> {
    Ok(1)
}

struct Silent;

async fn run(_: &u8) {}
