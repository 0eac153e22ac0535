#[app(start, run, worker_threads = 4, drain = "5s")]
async fn main() {
    logging::begin().await;
}
