//! The children of a script: this program again.

use std::thread;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal};

use super::marks::Call;

/// Lives for so many milliseconds. What SIGTERM does depends on the child's manner: a `deaf` one goes on, and any other
/// takes so many milliseconds to end.
pub(super) fn main(words: &[String]) {
    let [name, life, manner] = words else {
        panic!("a name, a time and a manner");
    };
    let terminate = SigSet::from(Signal::SIGTERM);
    terminate.thread_block().expect("a signal can be blocked");
    let call = Call::begin(name);
    let life = Duration::from_millis(life.parse().expect("a number"));
    let end = call.clone();
    thread::spawn(move || {
        thread::sleep(life);
        end.note("end ok");
        std::process::exit(0);
    });
    loop {
        terminate.wait().expect("a signal can be awaited");
        call.note("asked");
        if manner == "deaf" {
            continue;
        }
        thread::sleep(Duration::from_millis(manner.parse().expect("a number")));
        call.note("end asked");
        std::process::exit(0);
    }
}
