//! Any executor that drives one future.
#![deny(warnings)]

mod executor {
    pub(crate) use futures_executor::block_on;
}

#[aplomb::app(start, run, block_on = executor::block_on)]
async fn main() -> u8 {
    assert!(tokio::runtime::Handle::try_current().is_err());
    smol::future::yield_now().await;
    3
}

async fn start(value: u8) -> Result<String, std::fmt::Error> {
    Ok(value.to_string())
}

async fn run(state: &mut String) {
    smol::Timer::after(std::time::Duration::from_millis(1)).await;
    assert_eq!(state, "3");
}
