use aplomb::app;

#[app(run, deadline = "99999999999999999999h")]
fn main();

fn run() {}
