#![deny(warnings)]

#[aplomb::app(r#run, r#flavor = "multi_thread", r#worker_threads = 0_3, grace = "1h")]
async fn main() {}

async fn run() {
    assert_eq!(tokio::runtime::Handle::current().metrics().num_workers(), 3);
}
