use aplomb::app;
use std::io::Result;
use tokio::runtime::Runtime;

#[app(run, runtime = build)]
async fn main();

async fn run() {}

async fn build() -> Result<Runtime> {
    Runtime::new()
}
