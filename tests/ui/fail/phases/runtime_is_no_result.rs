use aplomb::app;
use tokio::runtime::Runtime;

#[app(run, runtime = build)]
async fn main();

async fn run() {}

fn build() -> Runtime {
    Runtime::new().unwrap()
}
