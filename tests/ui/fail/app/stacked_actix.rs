use aplomb::app;

#[app(run)]
#[actix_web::main]
async fn main() {}

async fn run() {}
