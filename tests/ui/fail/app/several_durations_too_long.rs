use aplomb::app;

#[app(
    run,
    deadline = "99999999999999999999h",
    timeout(run = "5124095576030h", stop = "5124095576031h"),
    drain = "9999999999999999999999999999999999999999999999h",
    exit_wait = "99999999999999999999",
)]
fn main();

fn run() {}
