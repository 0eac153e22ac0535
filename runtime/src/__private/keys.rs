//! The words that the attributes understand, as an editor shows them: an empty module for each, with its documentation.
//!
//! Under `cfg(rust_analyzer)` an expansion imports the words of its arguments from here. So an editor that is asked
//! about a word shows its documentation from here, and offers the words that are here. This module compiles to nothing.
//! The module cannot be behind `cfg(rust_analyzer)` itself: rust-analyzer sets that for the packages of a workspace,
//! and not for what they depend on.
//!
//! The documentation of the attributes says more about each word.

/// The arguments of `#[app]`.
pub mod app {
    /// `start` makes the state, and is never cut.
    ///
    /// The word alone stands for the function of that name. Any other function is named by its path.
    ///
    /// ```no_run
    /// # struct Server;
    /// # impl Server { fn open() -> Result<Self, String> { Ok(Server) } }
    /// # fn run(_: &Server) {}
    /// #[aplomb::app(start = Server::open, run)]
    /// fn main();
    /// ```
    pub mod start {}

    /// `run` is the phase in between: `start` has made the state, and `run` works with it until the app is asked to
    /// stop.
    ///
    /// The word alone stands for the function of that name. Any other function is named by its path. Without `run` the
    /// app waits until it is asked to stop.
    ///
    /// ```no_run
    /// # mod worker { pub fn work() {} }
    /// #[aplomb::app(run = worker::work)]
    /// fn main();
    /// ```
    pub mod run {}

    /// `stop` takes the state and ends it. `stop` runs exactly once, and is never cut.
    ///
    /// The word alone stands for the function of that name. Any other function is named by its path. Without `stop` the
    /// state is dropped, inside a shield.
    ///
    /// ```no_run
    /// # struct Server;
    /// # impl Server { fn close(self) {} }
    /// # fn start() -> Result<Server, String> { Ok(Server) }
    /// # fn run(_: &Server) {}
    /// #[aplomb::app(start, run, stop = Server::close)]
    /// fn main();
    /// ```
    pub mod stop {}

    /// An app of several parts: modules or types, in the order in which they start. Each is followed by those of the
    /// three functions that it has.
    ///
    /// The parts start one after the other, run side by side, and stop in reverse. A part without parentheses has all
    /// three functions.
    ///
    /// ```no_run
    /// # struct Database;
    /// # mod database {
    /// #     pub fn start() -> Result<super::Database, String> { Ok(super::Database) }
    /// #     pub fn stop(_: super::Database) {}
    /// # }
    /// # mod cache { pub fn work(_: &super::Database) {} }
    /// #[aplomb::app(components(database(start, stop), cache(run = cache::work)))]
    /// fn main();
    /// ```
    pub mod components {}

    /// What asks the app to stop: eight signals at the most. Without this option they are SIGINT, SIGTERM and SIGHUP.
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, signals(SIGINT, SIGTERM))]
    /// fn main();
    /// ```
    pub mod signals {}

    /// Functions that are called, one at a time, when the signal comes while `run` runs. Such a signal is no shutdown
    /// signal.
    ///
    /// An `Err` of such a function, or a panic, ends the app.
    ///
    /// ```no_run,ignore-windows
    /// # fn run() {}
    /// # fn reload() {}
    /// #[aplomb::app(run, on(SIGHUP = reload))]
    /// fn main();
    /// ```
    pub mod on {}

    /// The limits of the phases: how long each may take, `run` from the request on.
    ///
    /// When a limit has passed, what is in the way is named on standard error, and the exit status is 124.
    ///
    /// ```no_run
    /// # fn start() {}
    /// # fn run() {}
    /// # fn stop() {}
    /// #[aplomb::app(start, run, stop, timeout(start = "30s", run = "10s", stop = "1m30s"))]
    /// fn main();
    /// ```
    pub mod timeout {}

    /// How long the whole shutdown may take, from the request on.
    ///
    /// As long as `timeout(stop)`, or else a quarter, is kept for `stop`: when only that is left, `run` is given up as
    /// by `timeout(run)`. When the limit has passed, what is in the way is named on standard error, and the exit status
    /// is 124.
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, deadline = "25s")]
    /// fn main();
    /// ```
    pub mod deadline {}

    /// How long after the request `run` is cancelled, so that a load balancer can turn away first. A request in `start`
    /// cancels at once.
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, drain = "5s")]
    /// fn main();
    /// ```
    pub mod drain {}

    /// For an `async fn main`: how long after the cancellation `run` is dropped, and `stop` runs. That is no failure:
    /// the exit status stays as it is.
    ///
    /// ```no_run
    /// # async fn run() {}
    /// #[aplomb::app(run, grace = "10s", block_on = smol::block_on)]
    /// async fn main();
    /// ```
    pub mod grace {}

    /// How long `std::process::exit` waits for the shields of other threads and tasks, where no other limit is in
    /// force. Without this option it waits for ten seconds.
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, exit_wait = "3s")]
    /// fn main();
    /// ```
    pub mod exit_wait {}

    /// From which length on a stop is explained: what it has spent its time on is printed on standard error. Who runs
    /// the program decides by `APLOMB_EXPLAIN=1` and `APLOMB_EXPLAIN=0`.
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, explain = "1s")]
    /// fn main();
    /// ```
    pub mod explain {}

    /// A function that changes the limits by the value of the body of `main`, for limits that come from configuration.
    /// It is called once, before `start`.
    ///
    /// ```no_run
    /// use aplomb::Limits;
    /// # use std::time::Duration;
    ///
    /// # struct Config { grace: Duration }
    /// # fn read() -> Config { Config { grace: Duration::from_secs(25) } }
    /// # fn run() {}
    /// fn limits(config: &Config, limits: &mut Limits) {
    ///     limits.deadline = Some(config.grace);
    /// }
    ///
    /// #[aplomb::app(run, limits = limits)]
    /// fn main() -> Config {
    ///     read()
    /// }
    /// ```
    pub mod limits {}

    /// A function that is told what happens in the life of the app, on a thread of its own.
    ///
    /// ```no_run
    /// # fn run() {}
    /// fn log(event: &aplomb::Event) {
    ///     eprintln!("{event}");
    /// }
    ///
    /// #[aplomb::app(run, observe = log)]
    /// fn main();
    /// ```
    pub mod observe {}

    /// What becomes of the lines that this library says: they go to standard error (`"stderr"`, the default), or
    /// nowhere (`"off"`), or to a function, such as `aplomb::tracing` of the feature `tracing`. Those that say why the
    /// process ends with a failure go to standard error where nobody takes them.
    ///
    /// ```no_run
    /// # fn run() {}
    /// fn report(event: &aplomb::Event) {
    ///     if let Some(line) = event.line() {
    ///         println!("my program: {line}");
    ///     }
    /// }
    ///
    /// #[aplomb::app(run, report = report)]
    /// fn main();
    /// ```
    pub mod report {}

    /// Tells systemd of the state of the app, for a service: that it is ready, reloads, stops, lives. In a list: the
    /// check of the watchdog, how long a start and a stop may take, and that the program announces that it is ready.
    /// Takes the feature `systemd`.
    ///
    #[cfg_attr(feature = "systemd", doc = "```no_run")]
    #[cfg_attr(not(feature = "systemd"), doc = "```ignore")]
    /// # fn run() {}
    /// fn is_healthy() -> bool { true }
    ///
    /// #[aplomb::app(run, systemd(check = is_healthy, extend = "5m"))]
    /// fn main();
    /// ```
    pub mod systemd {}

    /// Which SIGINT ends the process at once, inside shields, too: a number from 2 on. Without this option none does.
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, force_after = 3)]
    /// fn main();
    /// ```
    pub mod force_after {}

    /// What a signal leads to: the app dies of it (`"signal"`, the default), exits with 128 and its number (`"code"`),
    /// or exits with 0 (`"success"`).
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, exit = "code")]
    /// fn main();
    /// ```
    pub mod exit {}

    /// Reaps what PID 1 of a container inherits, or, elsewhere, what the program's descendants leave behind: processes
    /// whose parent has ended.
    ///
    /// ```no_run,ignore-windows
    /// # fn run() {}
    /// #[aplomb::app(run, reap_orphans)]
    /// fn main();
    /// ```
    pub mod reap_orphans {}

    /// With `"restore"` the terminal has its first modes again when the app ends in its foreground, however it ends:
    /// the echo that a password prompt has turned off, and what a full-screen program has changed.
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, terminal = "restore")]
    /// fn main();
    /// ```
    pub mod terminal {}

    /// For an `async fn main`: with `"current_thread"` the app is on tokio's runtime of one thread. `"multi_thread"` is
    /// the default.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] mod example {
    /// # async fn run() {}
    /// #[aplomb::app(run, flavor = "current_thread")]
    /// async fn main();
    /// # }
    /// ```
    pub mod flavor {}

    /// For an `async fn main`: how many threads tokio's runtime has. Without this option there is one for each core.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] mod example {
    /// # async fn run() {}
    /// #[aplomb::app(run, worker_threads = 4)]
    /// async fn main();
    /// # }
    /// ```
    pub mod worker_threads {}

    /// For an `async fn main`: the function that makes tokio's runtime, in place of the one that the app makes.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] mod example {
    /// # async fn run() {}
    /// fn build() -> std::io::Result<tokio::runtime::Runtime> {
    ///     tokio::runtime::Builder::new_multi_thread().thread_name("worker").enable_all().build()
    /// }
    ///
    /// #[aplomb::app(run, runtime = build)]
    /// async fn main();
    /// # }
    /// ```
    pub mod runtime {}

    /// For an `async fn main`: an executor other than tokio, as the function that drives a future to its end.
    ///
    /// ```no_run
    /// # async fn run() {}
    /// #[aplomb::app(run, block_on = smol::block_on)]
    /// async fn main();
    /// ```
    pub mod block_on {}

    /// `crate` says where this library is, if not at `::aplomb`.
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, crate = aplomb)]
    /// fn main();
    /// ```
    // A module cannot be called `crate`. This one is hidden, so that an editor does not offer `crate_`.
    #[doc(hidden)]
    pub mod crate_ {}
}

/// The phases in `timeout(…)`.
pub mod timeout {
    /// How long `start` may take.
    ///
    /// ```no_run
    /// # fn start() {}
    /// #[aplomb::app(start, timeout(start = "30s"))]
    /// fn main();
    /// ```
    pub mod start {}

    /// How long `run` may take, from the request on.
    ///
    /// An async `run` is dropped then, and `stop` runs. Any other `run` has one more second, not counting shields, and
    /// `stop` runs if it ends by that.
    ///
    /// ```no_run
    /// # fn run() {}
    /// #[aplomb::app(run, timeout(run = "10s"))]
    /// fn main();
    /// ```
    pub mod run {}

    /// How long `stop` may take.
    ///
    /// ```no_run
    /// # fn start() {}
    /// # fn stop() {}
    /// #[aplomb::app(start, stop, timeout(stop = "1m30s"))]
    /// fn main();
    /// ```
    pub mod stop {}
}

/// The functions and options of a part in `components(…)`.
pub mod phases {
    /// The part's `start` makes its state. What the function asks for, earlier parts have made.
    ///
    /// The word alone stands for the function of that name in the part. Any other function is named by its path.
    ///
    /// ```no_run
    /// # struct Database;
    /// # mod database { pub fn open() -> Result<super::Database, String> { Ok(super::Database) } }
    /// #[aplomb::app(components(database(start = database::open)))]
    /// fn main();
    /// ```
    pub mod start {}

    /// The part's `run` works with its state until the app is asked to stop, beside those of the other parts.
    ///
    /// The word alone stands for the function of that name in the part. Any other function is named by its path.
    ///
    /// ```no_run
    /// # mod api { pub fn serve() {} }
    /// #[aplomb::app(components(api(run = api::serve)))]
    /// fn main();
    /// ```
    pub mod run {}

    /// The part's `stop` takes its state and ends it, before those of earlier parts do.
    ///
    /// The word alone stands for the function of that name in the part. Any other function is named by its path.
    ///
    /// ```no_run
    /// # struct Database;
    /// # mod database {
    /// #     pub fn start() -> Result<super::Database, String> { Ok(super::Database) }
    /// #     pub fn close(_: super::Database) {}
    /// # }
    /// #[aplomb::app(components(database(start, stop = database::close)))]
    /// fn main();
    /// ```
    pub mod stop {}

    /// The app goes on when the part's `run` has ended well. An `Err`, a panic, or an exit code that is no success ends
    /// the app, as that of any part does.
    ///
    /// ```no_run
    /// # mod api { pub fn serve() {} }
    /// # mod migration { pub fn run() {} }
    /// #[aplomb::app(components(api(run = api::serve), migration(run, optional)))]
    /// fn main();
    /// ```
    pub mod optional {}

    /// How long the part's `stop` may take, if it is not to use the time of the others: `timeout(stop = "5s")`.
    ///
    /// ```no_run
    /// # mod cache { pub fn start() {} pub fn stop() {} }
    /// #[aplomb::app(components(cache(start, stop, timeout(stop = "5s"))))]
    /// fn main();
    /// ```
    pub mod timeout {}
}

/// The phase in `timeout(…)` of a part in `components(…)`.
pub mod timeout_of_one {
    /// How long the part's `stop` may take. When the limit has passed, the part is named on standard error and left
    /// behind, the others are stopped, and the exit status is 124.
    ///
    /// In a `fn main` such a `stop` has a thread of its own. So the state is `Send`, and the function may ask for that
    /// and for `&Shutdown` alone.
    ///
    /// ```no_run
    /// # mod cache { pub fn start() {} pub fn stop() {} }
    /// #[aplomb::app(components(cache(start, stop, timeout(stop = "5s"))))]
    /// fn main();
    /// ```
    pub mod stop {}
}

/// What systemd is told, for `systemd(…)`.
pub mod systemd {
    /// A function that returns a `bool` or a `Result<(), E>`: systemd's watchdog is about that, from when the app is
    /// ready until it stops.
    ///
    #[cfg_attr(feature = "systemd", doc = "```no_run")]
    #[cfg_attr(not(feature = "systemd"), doc = "```ignore")]
    /// # fn run() {}
    /// fn is_healthy() -> bool { true }
    ///
    /// #[aplomb::app(run, systemd(check = is_healthy))]
    /// fn main();
    /// ```
    pub mod check {}

    /// How long a start and a stop may each take while there is progress, in place of what the unit says.
    ///
    #[cfg_attr(feature = "systemd", doc = "```no_run")]
    #[cfg_attr(not(feature = "systemd"), doc = "```ignore")]
    /// # fn run() {}
    /// #[aplomb::app(run, systemd(extend = "5m"))]
    /// fn main();
    /// ```
    pub mod extend {}

    /// When systemd is told that the app is ready. Without this option that is when `run` begins.
    ///
    #[cfg_attr(feature = "systemd", doc = "```no_run")]
    #[cfg_attr(not(feature = "systemd"), doc = "```ignore")]
    /// fn run(shutdown: &aplomb::Shutdown) {
    ///     shutdown.announce_ready();
    /// }
    ///
    /// #[aplomb::app(run, systemd(ready = "announced"))]
    /// fn main();
    /// ```
    pub mod ready {}
}

/// The value of `ready`.
pub mod ready {
    /// When the program calls `Shutdown::announce_ready`.
    pub mod announced {}
}

/// The signals that may ask for the shutdown, for `signals(…)`.
pub mod signals {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub use crate::signal::SIGPWR;
    pub use crate::signal::{
        SIGALRM, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM,
        SIGXCPU, SIGXFSZ,
    };
}

/// The signals that may have a function, for `on(…)`.
pub mod on {
    pub use super::signals::*;
    pub use crate::signal::{
        SIGCHLD, SIGCONT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH,
    };
}

/// The values of `exit`.
pub mod exit {
    pub use crate::ExitPolicy::{Code as code, Signal as signal, Success as success};
}

/// The words of `report = ".."`.
pub mod report {
    /// The lines are printed on standard error, as they are without this option.
    pub mod stderr {}

    /// Nothing is printed but what says why the process ends with a failure.
    pub mod off {}
}

/// The value of `terminal`.
pub mod terminal {
    /// The terminal has its first modes again when the app ends in its foreground. Without the option they stay as they
    /// are.
    pub mod restore {}
}

/// The values of `flavor`.
pub mod flavor {
    /// Tokio's runtime of one thread: the tasks take turns on it.
    pub mod current_thread {}

    /// Tokio's runtime of several threads, the default. `worker_threads` says how many.
    pub mod multi_thread {}
}

/// The arguments of `#[shielded]`.
pub mod shielded {
    /// For an `async fn`: no task of its own. The future stays a part of the task that awaits it, on any executor, and
    /// may borrow.
    ///
    /// The request does not cut the function. Foreign code that drops the future half-way does; that is reported on
    /// standard error.
    ///
    /// ```no_run
    /// # async fn write(_: &str) {}
    /// #[aplomb::shielded(inline)]
    /// async fn note(line: &str) {
    ///     write(line).await;
    /// }
    /// ```
    pub mod inline {}

    /// What the shield is called in messages. Without this option it has the function's name.
    ///
    /// ```no_run
    /// #[aplomb::shielded(name = "the ledger")]
    /// fn commit() {}
    /// ```
    pub mod name {}

    /// `crate` says where this library is, if not at `::aplomb`.
    ///
    /// ```no_run
    /// #[aplomb::shielded(crate = aplomb)]
    /// fn commit() {}
    /// ```
    // A module cannot be called `crate`. This one is hidden, so that an editor does not offer `crate_`.
    #[doc(hidden)]
    pub mod crate_ {}
}
