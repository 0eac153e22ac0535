use aplomb::app;

#[app(run, flavor = "current_thread")]
#[tokio::main]
async fn main() {}

fn run() {}
