use aplomb::app;

#[app(run, flavor = current_thread)]
async fn main() {}

async fn run() {}
