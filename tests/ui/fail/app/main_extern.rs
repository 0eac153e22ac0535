use aplomb::app;

#[app(run)]
extern "C" fn main();

fn run() {}
