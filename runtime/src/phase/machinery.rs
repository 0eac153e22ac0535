//! What the compiler works with, to find what a function asks for. Nobody else names these types.
//!
//! All of them are in no document, but public: so rustc, when it says that something is wrong, prints `Then`, and not the path to it.

mod function;
mod kind;
mod list;
mod output;
mod param;
mod phases;

pub use crate::__private::OnSignals;
pub use function::{Awaits, Callable, Calls, Function, Known};
pub use kind::{Awaited, Called, Elsewhere, Here, Kind, Of, Tasks, Threads};
pub use list::{
    Base, Changed, Components, Earlier, Has, Last, List, Main, Many, NoBody, Nothing, Runs, Seen,
    Signals, Taken, Then, Undo, Whole,
};
pub use output::{Ended, PhaseOutput, Reacted, StartOutput, Started};
pub use param::{Ask, Asks, Find, Found, Given, Leaves, Param, Shareable, Ways};
pub use phases::{OnSignal, Run, Start, Stop};
