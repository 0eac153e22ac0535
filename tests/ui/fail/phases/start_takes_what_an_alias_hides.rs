use aplomb::app;

#[app(start, run)]
fn main() -> Loaded {
    Ok(1)
}

type Loaded = Result<u8, String>;

fn start(_: u8) {}

fn run() {}
