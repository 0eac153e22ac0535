use aplomb::app;

#[app(run)]
#[tokio::main(flavor = "current_thread")]
fn main();

async fn run() {}
