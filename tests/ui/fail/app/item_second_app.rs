use aplomb::app;

#[app(run)]
fn main();

#[app(run = serve)]
fn inner() {}

fn run() {}

fn serve() {}
