use aplomb::app;

#[tokio::main]
#[app(run)]
async fn main() {}

async fn run() {}
