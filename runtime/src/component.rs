//! Components: the parts of an app, which start in order and stop in reverse.
//!
//! An app of components is written by [`#[app(components(…))]`](macro@crate::app#components), or by hand, from
//! [`App::components`](crate::App::components) on. Each component may have three functions, and what its `start` makes
//! is its state:
//!
//! | function | asks for, in any order | returns |
//! |---|---|---|
//! | `start` | what the components before it have made, the value of `main`'s body, and `Shutdown`, each by `&`; `&mut Cleanup` | nothing, or `Result<State, E>` |
//! | `run` | what `start` may ask for by `&`; its own state by `&`, by `&mut`, or itself | nothing, `ExitCode`, the `ExitStatus` of a child, or a `Result` of one of these |
//! | `stop` | what `start` may ask for by `&`; its own state, itself, by `&` or by `&mut` | what `run` may return |
//! | a signal's function | what the components before it have made, the value of `main`'s body, `Shutdown`, and the [`Signal`](crate::signal::Signal) that calls it, each by `&` | nothing, or `Result<(), E>` |
//!
//! A component has a `start` or a `run`, or both; `stop` may be missing. The attribute refuses a component that has
//! neither. By hand such a component can be added, and its `stop` is called.
//!
//! # Finding what a function asks for
//!
//! A function asks for at most eight values, and the compiler finds each by its type. There is no container that is
//! asked at run time, so what no earlier component makes is a compile error. Where two components make values of the
//! same type, no function can ask for one of them; a new type for one, such as `struct Replica(Database)`, tells them
//! apart.
//!
//! A `run` that asks for its state by `&mut`, or itself, has the state alone: no other component can ask for it. If
//! several components look at a state that one of them changes, put it behind a `Mutex`, an atomic or a channel.
//!
//! In an app of threads each `run` has a thread of its own. So what a `run` asks for by `&` is `Sync`, and what it asks
//! for by `&mut`, or itself, is `Send`; the rest need not be either. In an async app nothing need be `Send` or `Sync`.
//! There the `run`s are polled side by side in one task, as by `join!`; a `run` that is to use several processors
//! spawns tasks. Which functions are `async fn` is told in [`phase`](crate::phase).
//!
//! # What happens when one of them ends
//!
//! - A request between two starts keeps the rest from starting. The components that have started are stopped, and no
//!   `run` begins.
//! - After a `start` that fails or panics, the components before it are stopped, with all the time of
//!   [`timeout_stop`](crate::App::timeout_stop).
//! - The first `run` that ends, in whichever way, asks for the shutdown of all. The reason names its component. An
//!   `Err` is printed at once. The `run` of an [`optional`](Component::optional) component may end well, and the
//!   others go on.
//! - A `stop` that fails or panics does not keep the others from being stopped. What a `start` has pushed on its
//!   [`Cleanup`](crate::Cleanup) is undone right after the `stop` of its own component.
//! - A `stop` with a limit of its own, by [`timeout`], is left behind when it takes longer, and the others are stopped.
//!
//! Every error `E` is `Debug + 'static`.
//!
//! # Example
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

pub use crate::phase::component::Component;
pub use crate::phase::within::{Within, timeout};
pub(crate) use function::{Function, stop_has_ended};
