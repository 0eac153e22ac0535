use aplomb::app;

#[app(run)]
fn main();

fn run() -> u64 {
    1
}
