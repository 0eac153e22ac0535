use aplomb::app;

#[app(run)]
#[aplomb::shielded]
fn main();

fn run() {}
