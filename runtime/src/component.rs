//! Components: the parts of an app, which start in order and stop in reverse; and the shapes that their
//! functions may have.
//!
//! | function | takes references, in any order, to | and | returns |
//! |---|---|---|---|
//! | `start` | what the components before it have made, the value of `main`'s body, `Shutdown` | `&mut Cleanup`, last | nothing, or `Result<State, E>` |
//! | `run` | the same, and its own state | | nothing, `ExitCode`, or a `Result` of these |
//! | `stop` | what the components before it have made, the value of `main`'s body, `Shutdown` | its own state by value, first | the same |
//! | a signal's function | what all components have made, the value of `main`'s body, `Shutdown` | | nothing, or `Result<(), E>` |
//!
//! Each may be left out, up to eight may be there, and each is found by its type: there is no container that is
//! asked at run time, so what no component makes is an error of the compiler. Where two components make values of
//! one type nobody can ask for it; give one of them a type of its own, `struct Replica(Database)`.
//!
//! `run` never takes `&mut State`: others may be looking at it. What it changes is behind a `Mutex`, an atomic or a
//! channel. In an app of threads each `run` is a thread, so what it takes must be `Sync`; the rest need not be,
//! and no state need be `Send`. In an async app all of them are `async fn`, nothing need be `Send` or `Sync`, and the
//! `run`s are polled side by side in one task, as `join!` does it: what is to use several processors is for a `run` to
//! spawn.
//!
//! Every error `E` is `Debug + 'static`. The last parameter of each trait names the shape. It is inferred, and there
//! only to keep the implementations apart.
//!
//! ```standalone_crate
//! use aplomb::{Absent, App, Components, Shutdown};
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
//!     fn run(&self, database: &Database, shutdown: &Shutdown) { shutdown.request("an example") }
//! }
//!
//! let components = Components::new()
//!     .with("database", Database::start, Absent, Database::stop)
//!     .with("api", Api::start, Api::run, Absent);
//! App::components(components).run()?;
//! # Ok::<(), aplomb::Error>(())
//! ```

mod arity;
mod asynchronous;
mod builder;
mod callback;
mod functions;
mod judging;
mod kind;
mod links;
mod list;
mod needs;
mod part;
mod phases;
mod tasks;
mod threads;

pub use asynchronous::{AsyncRuns, AsyncStarts, AsyncStops};
pub use builder::Components;
pub(crate) use callback::OfApp;
pub use callback::{AsyncReacts, Reacts};
pub use functions::{Runs, Starts, Stops};
pub use kind::{Kind, OfTasks, OfThreads};
pub use list::{Base, Has, Then, index};
pub use needs::{Found, Needs, Shareable};
pub use phases::Whole;

/// Names of shapes, for the traits' last parameter: what a function takes beside references to its needs, which are
/// listed by their types: `(Database, (Config, ()))`.
#[allow(missing_debug_implementations, reason = "types without values")]
pub mod shape {
    use std::convert::Infallible;

    /// References to these, and `&mut Cleanup`.
    pub enum AndCleanup<Needs> {
        #[doc(hidden)]
        Never(Needs, Infallible),
    }
    /// The component's own state, and references to these.
    pub enum Taking<Needs> {
        #[doc(hidden)]
        Never(Needs, Infallible),
    }
    /// There is no such function.
    pub enum NoFunction {}
    /// All components together, as a phase of an app.
    pub enum All {}
}

#[cfg(test)]
mod tests;
