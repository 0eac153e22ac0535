use aplomb::app;

#[app(run)]
#[ntex::main]
async fn main() {}

async fn run() {}
