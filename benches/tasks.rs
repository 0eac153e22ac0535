//! What shields and cancellation cost in tasks, beside a bare `tokio::spawn` and tokio-util's
//! `CancellationToken`, on both of tokio's runtimes.

#[cfg(target_os = "linux")]
#[path = "tasks/cancel.rs"]
mod cancel;
#[cfg(target_os = "linux")]
#[path = "tasks/shielded.rs"]
mod shielded;
#[cfg(target_os = "linux")]
mod support;

#[cfg(target_os = "linux")]
fn main() {
    use tokio::runtime::Builder;

    cancel::measure_check();
    for (flavor, mut builder) in [
        ("current-thread", Builder::new_current_thread()),
        ("multi-thread", Builder::new_multi_thread()),
    ] {
        let runtime = builder.enable_all().build().expect("a runtime");
        shielded::measure(&runtime, flavor);
        cancel::measure(&runtime, flavor);
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("measured on Linux only");
}
