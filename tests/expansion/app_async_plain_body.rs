#[app(start, run, worker_threads = 4, drain = "5s", grace = "10s")]
async fn main() {
    logging::begin().await;
}
