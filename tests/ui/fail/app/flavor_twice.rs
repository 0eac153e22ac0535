use aplomb::app;

#[app(run, flavor = "multi_thread", flavor = "current_thread")]
async fn main() {}

async fn run() {}
