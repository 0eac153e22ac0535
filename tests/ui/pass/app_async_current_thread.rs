#![deny(warnings)]

use tokio::runtime::{Handle, RuntimeFlavor};

#[aplomb::app(run, flavor = "current_thread")]
async fn main() {
    tokio::task::yield_now().await;
}

async fn run() {
    assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::CurrentThread);
}
