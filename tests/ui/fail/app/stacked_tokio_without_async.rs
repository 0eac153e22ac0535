use aplomb::app;

#[app(run)]
#[tokio::main]
fn main() {}

async fn run() {}
