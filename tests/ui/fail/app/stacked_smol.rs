use aplomb::app;

#[app(run)]
#[smol_macros::main]
async fn main() {}

async fn run() {}
