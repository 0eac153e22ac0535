use aplomb::app;

#[app(run, flavor = "multi-thread")]
async fn main() {}

async fn run() {}
