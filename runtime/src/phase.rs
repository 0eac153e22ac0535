//! What the functions of an app may ask for and return: `start`, `run`, `stop`, and those that signals call.
//!
//! A *phase* is one of the three functions that an app is made of. The value that `start` makes is the *state*. The
//! *body* is what stands between the braces of `main`, or the function that [`App::body`](crate::App::body) is given;
//! it runs before `start`.
//!
//! | function | asks for, in any order | returns |
//! |---|---|---|
//! | `start` | the value of `main`'s body, itself, by `&` or by `&mut`; `&Shutdown`; `&mut Cleanup` | nothing, or `Result<State, E>` |
//! | `run` | the state, by `&`, by `&mut`, or itself; `&Shutdown`; the value of `main`'s body by `&` | nothing, `ExitCode`, the `ExitStatus` of a child, or a `Result` of one of these |
//! | `stop` | the state, itself, by `&` or by `&mut`; `&Shutdown`; the value of `main`'s body by `&` | what `run` may return |
//! | a signal's function | the state by `&`; `&Shutdown`; the value of `main`'s body by `&`; the [`&Signal`](crate::signal::Signal) that calls it | nothing, or `Result<(), E>` |
//!
//! The compiler finds each parameter by its type. A function may leave any of them out, and has at most eight. A
//! parameter that nothing matches is a compile error at that function. The page [`component`](crate::component) has the
//! table for components.
//!
//! # Who owns a value
//!
//! A value that a function has taken is there for nobody else:
//!
//! - Where `start` takes the value of `main`'s body, or asks for it by `&mut`, no other function sees that value.
//!   Otherwise the value lives until `stop` has run.
//! - Where `run` asks for the state by `&mut`, no signal's function sees the state. Where `run` takes the state itself,
//!   `stop` does not see the state either.
//! - A state that `stop` does not take is dropped after `stop`, inside the shield.
//!
//! # One type for each role
//!
//! The state, the value of the body and the handle each need a type of their own. If two of them have the same type,
//! the compiler cannot tell which one a `&` means; a new type, such as `struct Own(Shutdown)`, tells them apart. A
//! generic function has to be named with its types for the same reason: `fn stop<T: Store>(_: T)` as `stop::<Disk>`. A
//! closure has to name the types of its parameters: `|shutdown: &Shutdown| shutdown.wait()`.
//!
//! Every error `E` is `Debug + 'static`. The state need not be `Send`. In an app of threads, what a signal's function
//! asks for is `Sync`, since a thread of this library calls the function.
//!
//! # Async apps
//!
//! In an async app, made by `async fn main` or [`App::executor`](crate::App::executor), `run` and the functions of
//! signals are `async fn`. `start` and `stop` may be `async fn` or `fn`. In an app of threads none of the functions is
//! an `async fn`.
//!
//! A `fn start` or `fn stop` of an async app runs on the executor's thread, and blocks that thread until it returns. On
//! tokio such a function cannot await anything either: `Handle::current().block_on(…)` panics there, with "Cannot start
//! a runtime from within a runtime". Write an `async fn`, or put `tokio::task::block_in_place` around the call on the
//! multi-thread runtime.
//!
//! # Example
//!
//! ```standalone_crate
//! use aplomb::{App, Cleanup, Shutdown};
//! use std::io;
//!
//! struct Store;
//!
//! fn start(cleanup: &mut Cleanup, shutdown: &Shutdown) -> io::Result<Store> { Ok(Store) }
//! fn run(store: &mut Store) -> io::Result<()> { Ok(()) }
//! fn stop(shutdown: &Shutdown, store: Store) {}
//!
//! App::new(start, run, stop).run()?;
//! # Ok::<(), aplomb::Error>(())
//! ```

use std::future::Future;
use std::pin::Pin;

mod cleanup;
pub(crate) mod component;
#[allow(missing_docs, reason = "it is in no document")]
#[cfg_attr(doc, doc(hidden))]
pub mod machinery;
pub(crate) mod within;
mod work;

pub use cleanup::Cleanup;
pub(crate) use component::Component;
pub use machinery::{List, PhaseOutput, StartOutput};
pub(crate) use work::{Await, Call, Of, OnThread, Work};

/// Stands for a phase that is left out: `App::new(start, run, Absent)`.
///
/// Without `start` the state is the value of `main`'s body, and in a component there is none. Without `run` the app
/// waits until it is asked to stop. Without `stop` the state is dropped, inside the shield.
///
/// ```standalone_crate
/// use aplomb::{Absent, App};
///
/// App::new(Absent, || println!("hello"), Absent).run()?;
/// # Ok::<(), aplomb::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Absent;

/// The last parameter of a role's trait, for [`Absent`]: there is no function, so nothing was inferred about one.
#[derive(Debug)]
#[doc(hidden)]
pub enum NoPhase {}

/// A future of whatever type. In an app of threads such futures are ready at their first poll.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
