//! The two kinds of app, of threads and of tasks, and how each calls its functions.

use std::marker::PhantomData;

/// A kind of app: [`Threads`] or [`Tasks`]. Each associated type is a place, which is [`Here`] or [`Elsewhere`].
pub trait Kind: 'static {
    /// Where the `run` of a plain app runs, that is of one without components.
    type Run;
    /// Where the `run` of a component runs.
    type Runs;
    /// Where a signal's function runs.
    type OnSignal;
}

/// An app of threads. Functions that run at the same time have a thread each.
#[derive(Debug)]
pub enum Threads {}

/// An async app. What runs at the same time is awaited in one task.
#[derive(Debug)]
pub enum Tasks {}

impl Kind for Threads {
    type Run = Here<Called>;
    type Runs = Elsewhere;
    type OnSignal = Elsewhere;
}

impl Kind for Tasks {
    type Run = Here<Awaited>;
    type Runs = Here<Awaited>;
    type OnSignal = Here<Awaited>;
}

/// A place: the app's own thread, where the function is [`Called`] or [`Awaited`], as `Mode` says.
#[derive(Debug)]
pub struct Here<Mode>(PhantomData<Mode>);

/// A place: a thread that is made for the function. The function is [`Called`] there, and what it asks for must be
/// allowed to go to another thread.
#[derive(Debug)]
pub enum Elsewhere {}

/// A mode: the function is called.
#[derive(Debug)]
pub enum Called {}

/// A mode: the function is called, and the future that it returns is awaited.
#[derive(Debug)]
pub enum Awaited {}

/// `Called: Of<Tasks>` says that `start` and `stop` of an async app may be functions that are called. Only one
/// combination is missing: nothing in an app of threads could await an `async fn`.
#[diagnostic::on_unimplemented(
    message = "an `async fn` cannot be a phase of an app of threads",
    label = "an `async fn`",
    note = "an `async fn` is a phase of an `async fn main`"
)]
pub trait Of<K> {}
impl Of<Threads> for Called {}
impl Of<Tasks> for Called {}
impl Of<Tasks> for Awaited {}
