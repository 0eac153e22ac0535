use aplomb::app;

#[app(run)]
#[rocket::launch]
fn main();

async fn run() {}
