//! The type parameters of a phase are found from the phases around it.
#![deny(warnings)]

#[aplomb::app(start, run, stop)]
fn main();

fn start() -> Result<Vec<u8>, std::fmt::Error> {
    Ok(vec![1])
}

fn run<T: Copy>(state: &mut Vec<T>) {
    state.extend_from_within(..);
}

fn stop<T>(state: Vec<T>) {
    assert_eq!(state.len(), 2);
}
