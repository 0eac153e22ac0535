use aplomb::app;

#[app(run)]
fn main();

fn run() -> Result<u64, String> {
    Ok(1)
}
