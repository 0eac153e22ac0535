use aplomb::app;

#[app(run)]
#[rocket::launch]
fn main();

fn run() {}
