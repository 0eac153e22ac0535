use aplomb::app;

#[app(run, flavour = "current_thread")]
async fn main() {}

async fn run() {}
