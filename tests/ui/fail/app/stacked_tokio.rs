use aplomb::app;

#[app(run)]
#[tokio::main]
async fn main() {}

async fn run() {}
