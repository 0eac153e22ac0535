//! Forked children of an async app.

use aplomb::signal::SIGUSR1;
use aplomb::{Absent, App, Cleanup, Executor, Shutdown, at_exit, shielded};
use nix::sys::signal::{Signal, raise};
use tokio::task::yield_now;

use crate::script::forked::{self, Begin, fork_and_return};
use crate::script::{gate, option, say};

pub(crate) fn main() {
    if option("case") == Some("returns") {
        returns();
    }
    forked::main(Begin {
        main: |run| app(run).main(),
        run: |run| app(run).run(),
    });
}

fn app(run: fn(&Shutdown)) -> App<impl aplomb::phase::List> {
    let run = async move |shutdown: &Shutdown| run(shutdown);
    App::executor(Executor::tokio_current_thread()).phases(Absent, run, async || say("stop"))
}

#[shielded]
async fn owned() {
    fork_and_return("shielded task");
}

#[shielded(inline)]
async fn inline() {
    fork_and_return("inline");
    // In the child there is nothing that could wake the task.
    yield_now().await;
}

/// Each function of the app forks, and returns in the child, or waits there.
fn returns() -> ! {
    at_exit(|| say("not in a child"));
    at_exit(|| fork_and_return("exit function"));
    let body = async || {
        fork_and_return("body");
        Ok::<_, &str>(())
    };
    let start = async |cleanup: &mut Cleanup| {
        cleanup.push("one", (), |()| say("not in a child"));
        cleanup.push_async("two", (), async |()| fork_and_return("cleanup"));
        fork_and_return("start");
    };
    let run = async |shutdown: &Shutdown| {
        shutdown.on_request(|| fork_and_return("on_request"));
        shutdown.on_request(|| gate::open("asked"));
        raise(Signal::SIGUSR1).expect("a thread may signal itself");
        while !CALLED.load(std::sync::atomic::Ordering::SeqCst) {
            yield_now().await;
        }
        owned().await;
        inline().await;
        shutdown.request("done");
        gate::pass("asked");
        fork_and_return("run");
    };
    let stop = async || fork_and_return("stop");
    let called = async || {
        fork_and_return("function of a signal");
        CALLED.store(true, std::sync::atomic::Ordering::SeqCst);
    };
    App::executor(Executor::tokio_current_thread())
        .body(body)
        .phases(start, run, stop)
        .on(SIGUSR1, called)
        .main()
}

static CALLED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
