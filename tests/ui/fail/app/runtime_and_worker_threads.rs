use aplomb::app;

#[app(run, worker_threads = 4, runtime = build)]
async fn main() {}

async fn run() {}

fn build() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new()
}
