use aplomb::app;

#[app(run, explain = "3s", explain = "4s")]
fn main();

fn run() {}
