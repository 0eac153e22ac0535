#![deny(warnings)]

#[aplomb::app(run)]
async fn main();

async fn run() {
    let handle = tokio::runtime::Handle::current();
    assert_eq!(handle.runtime_flavor(), tokio::runtime::RuntimeFlavor::MultiThread);
}
