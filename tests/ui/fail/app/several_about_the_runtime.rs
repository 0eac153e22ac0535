use aplomb::app;

#[app(run, flavor = "current_thread", worker_threads = 4, runtime = build)]
async fn main() {}

async fn run() {}

fn build() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new()
}
