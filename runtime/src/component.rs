//! Components: the parts of an app, which start in order and stop in reverse.
//!
//! What [`#[app(components(…))]`](macro@crate::app#components) writes, and [`App::components`](crate::App::components) without it.
//!
//! | function | asks for, in any order | returns |
//! |---|---|---|
//! | `start` | what the components before it have made, the value of `main`'s body, and `Shutdown`, each by `&`; `&mut Cleanup` | nothing, or `Result<State, E>` |
//! | `run` | what `start` may ask for by `&`; its own state by `&`, by `&mut`, or itself | nothing, `ExitCode`, or a `Result` of these |
//! | `stop` | what `start` may ask for by `&`; its own state, itself or by `&` | what `run` may return |
//! | a signal's function | what the components before it have made, the value of `main`'s body, and `Shutdown`, each by `&` | nothing, or `Result<(), E>` |
//!
//! A component has a `start` or a `run`, or both; `stop` may be missing. The attribute refuses one that has neither; the
//! builder takes it, and calls its `stop`.
//!
//! A function asks for what it needs, up to eight values, and each is found by its type: there is no container that is
//! asked at run time, so what no component makes is an error of the compiler. Where two components make values of
//! one type nobody can ask for it; give one of them a type of its own, `struct Replica(Database)`.
//!
//! A `run` that asks for its state by `&mut`, or itself, has it alone: no other component can ask for that state. What several look at
//! and one changes is behind a `Mutex`, an atomic or a channel.
//!
//! In an app of threads each `run` is a thread, so what it asks for by `&` must be `Sync`, and what by `&mut`, or itself, `Send`; the
//! rest need not be. In an async app nothing need be `Send` or `Sync`, and the
//! `run`s are polled side by side in one task, as `join!` does it: what is to use several processors is for a `run` to
//! spawn. Which functions are `async fn` is as in [other apps](crate::phase).
//!
//! - A request between two starts keeps the rest from starting; what has started is stopped, and nothing runs.
//! - A `start` that fails or panics takes back the components before it, as if they were stopped, with
//!   all the time of `timeout_stop`.
//! - The first `run` that ends, in whichever way, asks for the shutdown of all; the reason names its component. An
//!   `Err` is printed at once.
//! - A `stop` that fails or panics does not keep the others from being stopped. What a `start` has pushed on its
//!   [`Cleanup`](crate::Cleanup) is undone right after its own component's `stop`.
//!
//! Every error `E` is `Debug + 'static`.
//!
//! ```standalone_crate
//! use aplomb::{Absent, App, Shutdown};
//! use std::io;
//!
//! struct Database;
//! struct Api;
//!
//! impl Database {
//!     fn start() -> io::Result<Self> { Ok(Database) }
//!     fn stop(self) -> io::Result<()> { Ok(()) }
//! }
//!
//! impl Api {
//!     fn start(_: &Database) -> io::Result<Self> { Ok(Api) }
//!     fn run(&mut self, database: &Database, shutdown: &Shutdown) { shutdown.request("an example") }
//! }
//!
//! App::components()
//!     .with("database", Database::start, Absent, Database::stop)
//!     .with("api", Api::start, Api::run, Absent)
//!     .run()?;
//! # Ok::<(), aplomb::Error>(())
//! ```

mod function;
pub(crate) mod side_by_side;

pub(crate) use function::{Function, stop_has_ended};
