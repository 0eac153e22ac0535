//! How long it takes from `kill` until the code that has to stop is awake, beside the least
//! that Unix can do and beside `ctrlc`.
//!
//! A contender is a process of its own: this very program, called with an argument. It is woken
//! again and again; since an app takes one request in its life, aplomb's is one app after the other.
//! The first signal of a process is shown beside that: there the pages of the code are met for the
//! first time, which is most of what it takes.

#[cfg(target_os = "linux")]
#[path = "latency/contender.rs"]
mod contender;
#[cfg(target_os = "linux")]
#[path = "latency/race.rs"]
mod race;
#[cfg(target_os = "linux")]
mod support;

#[cfg(target_os = "linux")]
fn main() {
    match contender::from_args() {
        Some((contender, cpu)) => contender.play(cpu),
        None => race::run(),
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("measured on Linux only");
}
