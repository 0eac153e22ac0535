use aplomb::app;

#[app(run, runtime = build, block_on = smol::block_on)]
async fn main() {}

async fn run() {}

fn build() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new()
}
