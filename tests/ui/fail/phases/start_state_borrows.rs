use aplomb::app;

#[app(start, run)]
fn main();

fn start<'a>() -> Result<&'a u8, String> {
    Ok(&1)
}

fn run(_: &&str) {}
