use aplomb::app;

#[app(run)]
#[tokio::main(flavor = "current_thread")]
async fn main() {}

async fn run() {}
