use aplomb::app;

#[app(run)]
#[async_std::main]
async fn main() {}

async fn run() {}
