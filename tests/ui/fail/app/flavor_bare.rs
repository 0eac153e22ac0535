use aplomb::app;

#[app(run, flavor)]
async fn main() {}

async fn run() {}
