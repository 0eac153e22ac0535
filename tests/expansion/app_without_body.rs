#[app(run)]
fn main();
