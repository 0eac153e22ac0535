use aplomb::component::timeout;
use aplomb::{Absent, App};
use std::time::Duration;

fn start() {}
fn stop() {}

fn main() {
    let limit = Duration::from_secs(5);
    App::components()
        .with("cache", timeout(limit, start), Absent, stop)
        .main()
}
