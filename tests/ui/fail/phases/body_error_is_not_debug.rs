use aplomb::app;

#[app(run)]
fn main() -> Result<u8, Error> {
    Ok(1)
}

struct Error;

fn run() {}
