use aplomb::app;

#[tokio::main(flavor = "current_thread")]
#[app(run)]
async fn main() {}

async fn run() {}
