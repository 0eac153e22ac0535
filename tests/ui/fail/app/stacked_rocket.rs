use aplomb::app;

#[app(run)]
#[rocket::main]
async fn main() {}

async fn run() {}
