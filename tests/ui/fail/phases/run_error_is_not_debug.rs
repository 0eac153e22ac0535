use aplomb::app;

#[app(run)]
fn main();

struct Error;

fn run() -> Result<(), Error> {
    Ok(())
}
