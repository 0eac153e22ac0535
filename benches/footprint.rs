//! What aplomb takes while nothing happens, to build, and to ship: wake-ups and threads of
//! an idle app, the CPU time of clean builds and of each package in them, the size of a small binary.
//!
//! The whole benchmark takes some minutes. `cargo bench --bench footprint -- idle` (or `build`, or `size`)
//! measures only that part.

#[cfg(target_os = "linux")]
#[path = "footprint/build.rs"]
mod build;
#[cfg(target_os = "linux")]
#[path = "footprint/idle.rs"]
mod idle;
#[cfg(target_os = "linux")]
mod support;

#[cfg(target_os = "linux")]
fn main() {
    build::wrap_rustc();
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--bench"))
        .collect();
    if words.first().is_some_and(|word| word == idle::ARGUMENT) {
        idle::play();
    }
    let wanted = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    let mut table = support::table::Table::new("Footprint");
    if wanted("idle") {
        idle::measure(&mut table);
    }
    if wanted("build") {
        build::measure_time(&mut table);
    }
    if wanted("size") {
        build::measure_size(&mut table);
    }
    print!("{table}");
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("measured on Linux only");
}
