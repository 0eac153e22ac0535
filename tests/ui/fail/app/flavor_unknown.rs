use aplomb::app;

#[app(run, flavor = "x")]
async fn main() {}

async fn run() {}
