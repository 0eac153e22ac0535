use aplomb::app;

#[app(run, flavor = "current")]
async fn main() {}

async fn run() {}
