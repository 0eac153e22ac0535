//! A runtime of tokio's that the program makes, without any driver.
#![deny(warnings)]

use std::io;
use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};

mod runtime {
    use super::{Builder, Runtime, io};

    pub(crate) fn build() -> io::Result<Runtime> {
        Builder::new_current_thread().build()
    }
}

#[aplomb::app(run, runtime = runtime::build)]
async fn main() -> u8 {
    tokio::task::yield_now().await;
    3
}

async fn run(state: &u8) {
    assert_eq!(*state, 3);
    assert_eq!(Handle::current().runtime_flavor(), RuntimeFlavor::CurrentThread);
    tokio::spawn(async {}).await.expect("it does not panic");
}
