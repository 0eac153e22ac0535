#![deny(warnings)]
#![forbid(unsafe_code)]

use aplomb::{Event, Limits, Shutdown, app};
use std::time::Duration;

struct Config {
    grace: Duration,
}

impl Config {
    fn limits(&self, limits: &mut Limits) {
        // What the options have set is there to be changed.
        assert_eq!(limits.deadline, Some(OPTIONS));
        assert_eq!(limits.drain, Some(OPTIONS / 8));
        assert_eq!(limits.exit_wait, Some(Duration::from_secs(4)));
        assert_eq!(limits.explain, Some(OPTIONS));
        assert_eq!(limits.grace, None);
        limits.deadline = Some(self.grace);
    }
}

// The names that the attribute uses itself mean what they do here.
const OPTIONS: Duration = Duration::from_secs(80);

fn limits() -> Duration {
    OPTIONS / 8
}

fn run(config: &Config, _: &Shutdown) {
    assert_eq!(config.grace, Duration::from_secs(40));
}

fn is_served() -> std::io::Result<()> {
    Ok(())
}

fn log(event: &Event) {
    assert!(!event.to_string().is_empty());
}

// What a name of the attribute's own means here is the program's.
fn report(event: &Event) -> std::io::Result<()> {
    assert!(event.line().is_none_or(|line| !line.is_empty()));
    Ok(())
}

#[app(
    run,
    force_after = 3,
    deadline = OPTIONS,
    drain = limits(),
    exit_wait = "4s",
    explain = OPTIONS,
    timeout(stop = { let seconds = 3; Duration::from_secs(seconds) }),
    limits = Config::limits,
    observe = log,
    report = report,
    systemd(check = is_served, extend = limits() * 2)
)]
fn main() -> Config {
    Config {
        grace: Duration::from_secs(40),
    }
}
