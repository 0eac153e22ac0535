//! What a shield and a look at the request cost, in nanoseconds, beside the pair of
//! `pthread_sigmask` calls that programs without shields use.
//!
//! The loop is our own: what is judged are ratios, and the harnesses at hand measure one
//! contender after the other, so that a change of the CPU's clock in between would be taken
//! for a difference. Here every round measures all of them.

#[cfg(target_os = "linux")]
#[path = "shield/cost.rs"]
mod cost;
#[cfg(target_os = "linux")]
mod support;

#[cfg(target_os = "linux")]
#[aplomb::app(run = cost::measure)]
fn main() {}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("measured on Linux only");
}
