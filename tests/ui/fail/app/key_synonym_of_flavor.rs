use aplomb::app;

#[app(run, scheduler = "current_thread")]
async fn main() {}

async fn run() {}
