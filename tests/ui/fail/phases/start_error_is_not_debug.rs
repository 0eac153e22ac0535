use aplomb::app;

#[app(start, run)]
fn main();

struct Error;

fn start() -> Result<u8, Error> {
    Ok(1)
}

fn run(_: &u8) {}
