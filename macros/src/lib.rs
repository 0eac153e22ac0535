//! The attributes of the `aplomb` crate. Use them through it: `aplomb::app`, `aplomb::shielded`.

#![forbid(unsafe_code)]
// A macro that panics reports nothing that helps: "custom attribute panicked", and no `main`.
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![deny(clippy::todo, clippy::unreachable, clippy::unwrap_used)]

mod app;
mod errors;
mod grammar;
mod input;
mod item;
mod shielded;
mod tokens;
mod values;
mod vocabulary;

use proc_macro::TokenStream;

/// Makes `main` an app: a program of three phases that is asked to stop, and stops well.
///
/// `start` makes the state and `stop` ends it: neither is ever cut. `run` works with it until
/// SIGINT (Ctrl-C), SIGTERM or SIGHUP asks the program to stop; then it is cancelled, and `stop`
/// runs, exactly once.
///
/// ```
/// use aplomb::{Shutdown, app};
/// use std::io;
///
/// fn start() -> io::Result<Vec<u8>> {
///     Ok(Vec::new())
/// }
///
/// fn run(state: &mut Vec<u8>, shutdown: &Shutdown) {
///     while !shutdown.requested() {
///         state.push(1);
/// #       break;
///     }
/// }
///
/// fn stop(state: Vec<u8>) -> io::Result<()> {
/// #   assert_eq!(state, [1]);
///     println!("{} bytes", state.len());
///     Ok(())
/// }
///
/// #[app(start, run, stop)]
/// fn main();
/// ```
///
/// Equivalent code without the attribute:
///
/// ```
/// # fn start() {}
/// # fn run() {}
/// # fn stop() {}
/// use aplomb::App;
///
/// fn main() {
///     App::new(start, run, stop).main()
/// }
/// ```
///
/// `fn main();` is short for `fn main() {}`. The attribute keeps `main`'s visibility, attributes
/// and documentation.
///
/// # The body of `main`
///
/// Where there is one, it runs before `start`, and a signal ends the process there as if there were
/// no app: it is for what acquires nothing, arguments and logging. Its value, or what the `Result`
/// that it returns holds, is what `start` may take; without `start` it is the state. (A `Result` is
/// what the last word of the return type says, as in `anyhow::Result<Config>`.)
///
/// ```
/// # struct Config;
/// # impl Config { fn from_arguments() -> Result<Self, String> { Ok(Config) } }
/// # fn start(_: Config) {}
/// # fn run() {}
/// #[aplomb::app(start, run)]
/// fn main() -> Result<Config, String> {
///     Config::from_arguments()
/// }
/// ```
///
/// Equivalent code without the attribute:
///
/// ```
/// # struct Config;
/// # impl Config { fn from_arguments() -> Result<Self, String> { Ok(Config) } }
/// # fn start(_: Config) {}
/// # fn run() {}
/// use aplomb::{Absent, App};
///
/// fn main() {
///     App::with_body(Config::from_arguments, start, run, Absent).main()
/// }
/// ```
///
/// # The phases: `start`, `run`, `stop`
///
/// The bare word stands for the function of that name; any other function is named by its path:
/// `start = Server::open`. An app has a `start` or a `run`. Without `run` it waits until it is asked
/// to stop; without `stop` the state is dropped, inside a shield. What the three may take and
/// return is in `aplomb::phase`.
///
/// ```
/// # struct Server;
/// # impl Server { fn open() -> Result<Self, String> { Ok(Server) } fn serve(&self) {} }
/// #[aplomb::app(start = Server::open, run = Server::serve)]
/// fn main();
/// ```
///
/// Equivalent: `App::new(Server::open, Server::serve, Absent).main()`.
///
/// # Options
///
/// A duration is whole numbers with units, the largest first: `"250ms"`, `"10s"`, `"1m30s"`, `"2h"`.
///
/// - **`signals(SIGINT, SIGTERM)`**: what asks the app to stop, eight signals at the most; SIGINT,
///   SIGTERM and SIGHUP where it is left out. Equivalent: `.signals(&[SIGINT, SIGTERM])`.
/// - **`on(SIGHUP = reload, SIGUSR1 = log::rotate)`**: functions that are called, one at a time, when
///   the signal comes while `run` runs. Such a signal is no shutdown signal.
///   Equivalent: `.on(SIGHUP, reload).on(SIGUSR1, log::rotate)`.
/// - **`timeout(start = "30s", run = "10s", stop = "20s")`**: how long each may take, `run` from the
///   request on. Past it, what is in the way is named, and the exit status is 124.
///   Equivalent: `.timeout_start(..)`, `.timeout_run(..)`, `.timeout_stop(..)`.
/// - **`deadline = "25s"`**: how long the whole shutdown may take.
///   Equivalent: `.deadline(Duration::from_secs(25))`.
/// - **`drain = "5s"`**: how long after the request `run` is cancelled, so that a load balancer can
///   turn away first. Equivalent: `.drain(Duration::from_secs(5))`.
/// - **`force_after = 3`**: which SIGINT ends the process at once, inside shields too; none does where
///   it is left out. Equivalent: `.force_after(3)`.
/// - **`exit = "code"`**: what a signal leads to. `"signal"`, the default: to die of it. `"code"`: to
///   exit with 128 and its number. `"success"`: to exit with 0. Equivalent: `.exit(Exit::Code)`.
/// - **`crate = path`**: where this library is, if not at `::aplomb`.
///
/// ```
/// # fn run() {}
/// # fn reload() {}
/// use aplomb::app;
///
/// #[app(run, signals(SIGINT, SIGTERM), on(SIGHUP = reload), timeout(run = "10s"),
///     deadline = "25s", drain = "5s", force_after = 3, exit = "code", crate = aplomb)]
/// fn main();
/// ```
///
/// Equivalent code without the attribute:
///
/// ```
/// # fn run() {}
/// # fn reload() {}
/// use aplomb::{Absent, App, Exit, signal::{SIGHUP, SIGINT, SIGTERM}};
/// use std::time::Duration;
///
/// fn main() {
///     App::new(Absent, run, Absent)
///         .signals(&[SIGINT, SIGTERM])
///         .on(SIGHUP, reload)
///         .timeout_run(Duration::from_secs(10))
///         .deadline(Duration::from_secs(25))
///         .drain(Duration::from_secs(5))
///         .force_after(3)
///         .exit(Exit::Code)
///         .main()
/// }
/// ```
///
/// # Errors
///
/// Everything that `main` and the arguments should not be is reported at once, each with what to
/// write instead; among it a signal that no process can handle (SIGKILL, SIGSTOP), one that reports a
/// fault (SIGSEGV), and limits that contradict each other. A phase that takes or returns something
/// else is a type error at its name. `async fn main` is not supported yet.
///
/// # Lints
///
/// `clippy::pedantic` finds that a `stop` which only reads its state need not take it by value. It
/// must; take it apart in the parameter, `fn stop(Server { answered, .. }: Server)`, or allow
/// `needless_pass_by_value`. Likewise `unnecessary_wraps` for a `start` that cannot fail.
///
/// # Order with other attributes
///
/// Those of `main` may stand above or below. Not `#[tokio::main]` and its like: the runtime would
/// exist before the handlers do; let `run` block on one that it builds. Nor `#[shielded]`: a shield
/// around the whole app would never let it end.
#[proc_macro_attribute]
pub fn app(arguments: TokenStream, item: TokenStream) -> TokenStream {
    app::expand(arguments, item)
}

/// Makes a function one that is never cut: what begins is finished, however the program is asked to
/// stop meanwhile, and from whichever thread it is called.
///
/// Inside, the program does not seem to be asked to stop: `checkpoint`, `sleep` and the other
/// interruption points go on. The exit waits for it, and names it where that takes long.
///
/// ```
/// use aplomb::shielded;
/// use std::{fs, io};
///
/// #[shielded]
/// fn commit(ledger: &str, batch: &str) -> io::Result<()> {
///     fs::write("ledger.new", batch)?;
///     fs::rename("ledger.new", ledger) // cut before this, it would be half a commit
/// }
/// # let folder = std::env::temp_dir().join(format!("aplomb-{}", std::process::id()));
/// # fs::create_dir_all(&folder)?;
/// # std::env::set_current_dir(&folder)?;
/// # commit("ledger", "1")?;
/// # fs::remove_dir_all(folder)?;
/// # Ok::<(), io::Error>(())
/// ```
///
/// Equivalent code without the attribute, but for the order in which things are dropped before
/// edition 2024:
///
/// ```
/// # use std::{fs, io};
/// fn commit(ledger: &str, batch: &str) -> io::Result<()> {
///     let _shield = aplomb::shield("commit");
///     fs::write("ledger.new", batch)?;
///     fs::rename("ledger.new", ledger)
/// }
/// # let _ = commit;
/// ```
///
/// Types, warnings, `#[track_caller]` and the order of drops are those of the plain function, and, but
/// for a few labels, the compiler's errors. Parameters are dropped last, so after the shield.
///
/// # Options
///
/// - **`name = "the ledger"`**: what the shield is called where it is named; else the function's name.
///   Equivalent: `aplomb::shield("the ledger")`.
/// - **`crate = path`**: where this library is, if not at `::aplomb`.
///
/// # Errors
///
/// Only a function with a body can be shielded, and not a `const fn`. One that returns
/// `impl Future` would be shielded while it makes the future and not while that runs, and is
/// refused. `async fn` is not supported yet, nor is what returns a boxed future.
///
/// # Order with other attributes
///
/// Above or below others, as with any function; an attribute below sees the function with its shield.
#[proc_macro_attribute]
pub fn shielded(arguments: TokenStream, item: TokenStream) -> TokenStream {
    shielded::expand(arguments, item)
}
