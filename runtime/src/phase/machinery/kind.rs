//! What apps are made of, and how their functions are called.

use std::marker::PhantomData;

/// What an app is made of.
pub trait Kind: 'static {
    /// How the `run` of an app is called that is no list of components.
    type Run;
    /// How the `run` of a component is called.
    type Runs;
    /// How a signal's function is called.
    type OnSignal;
}

/// Functions. Those that are to go on at the same time are threads.
#[derive(Debug)]
pub enum Threads {}

/// Functions that are awaited, all in one task.
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

/// On the app's own thread.
#[derive(Debug)]
pub struct Here<Mode>(PhantomData<Mode>);

/// On a thread that is made for it.
#[derive(Debug)]
pub enum Elsewhere {}

/// A function is called.
#[derive(Debug)]
pub enum Called {}

/// A function is called, and what it returns is awaited.
#[derive(Debug)]
pub enum Awaited {}

/// The `start` and `stop` of these apps may be functions of that mode.
#[diagnostic::on_unimplemented(
    message = "an `async fn` cannot be a phase of an app of threads",
    label = "an `async fn`",
    note = "an `async fn` is a phase of an `async fn main`"
)]
pub trait Of<K> {}
impl Of<Threads> for Called {}
impl Of<Tasks> for Called {}
impl Of<Tasks> for Awaited {}
