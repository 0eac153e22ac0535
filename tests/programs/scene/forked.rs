//! Forked children of an app of threads.

use aplomb::signal::SIGUSR1;
use aplomb::{Absent, App, Cleanup, Shutdown, at_exit};
use nix::sys::signal::{Signal, raise};

use crate::script::forked::{self, Begin, fork_and_return};
use crate::script::{gate, option, say};

pub(crate) fn main() {
    if option("case") == Some("returns") {
        returns();
    }
    forked::main(Begin {
        main: |run| App::new(Absent, run, || say("stop")).main(),
        run: |run| App::new(Absent, run, || say("stop")).run(),
    });
}

/// Each function of the app forks, and returns in the child, too.
fn returns() -> ! {
    at_exit(|| say("not in a child"));
    at_exit(|| fork_and_return("exit function"));
    let body = || {
        fork_and_return("body");
        Ok::<_, &str>(())
    };
    let start = |cleanup: &mut Cleanup| {
        cleanup.push("one", (), |()| say("not in a child"));
        cleanup.push("two", (), |()| fork_and_return("cleanup"));
        fork_and_return("start");
    };
    let run = |shutdown: &Shutdown| {
        shutdown.on_request(|| fork_and_return("on_request"));
        shutdown.on_request(|| gate::open("asked"));
        raise(Signal::SIGUSR1).expect("a thread may signal itself");
        gate::pass("called");
        let blocking = shutdown.run_blocking(|| fork_and_return("run_blocking"));
        blocking.expect("nothing is requested");
        shutdown.request("done");
        gate::pass("asked");
        fork_and_return("run");
    };
    let stop = || fork_and_return("stop");
    let called = || {
        fork_and_return("function of a signal");
        gate::open("called");
    };
    App::body(body)
        .phases(start, run, stop)
        .on(SIGUSR1, called)
        .main()
}
