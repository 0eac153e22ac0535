//! How the compiler finds what a function asks for. Nobody but the compiler names these types.
//!
//! An example: `fn start(config: &Config, shutdown: &Shutdown) -> io::Result<Db>`, in an app of threads whose `main`
//! returns a `Config`. The constructor demands `Start<Base<Threads>, Config, Whole, S, Left, X>`, where `Config` is the
//! function's *own value* and `Base<Threads>` the *list* of what was made before. The compiler infers `S`, `Left` and
//! `X` in these steps:
//!
//! 1. [`Function`] reads the head of the function: it takes `(&Config, (&Shutdown, ()))` and returns an
//!    `io::Result<Db>`.
//! 2. [`Started`] reads what is returned: the state `S` is a `Db`, and the mode is [`Called`], since a `Result` is no
//!    future. [`Of`] proves that an app of threads may have a function of that mode.
//! 3. [`Find`] goes through the parameters. For each one [`Param`] proves that there is one *way* to get it: `&Config`
//!    is the own value, to be looked at ([`Seen`]); `&Shutdown` is in the list, at its last place (`Found<Last>`).
//!    Where a parameter could be had in two ways the compiler cannot choose, and refuses the function: that is why each
//!    role needs a type of its own.
//! 4. [`Ways`] computes the *rights* that a way leaves to the next parameter. Rights are a pair. Its first half says
//!    what may still be done with the own value: everything ([`Whole`]), looking at it ([`Seen`]), nothing
//!    ([`Changed`], [`Taken`]). Its second half is [`Undo`] while the function may still ask for its `Cleanup`. Here
//!    `(Whole, Undo)` becomes `(Seen, Undo)`; behind `&Config` a `Config` by value would be refused.
//! 5. The rights behind the last parameter are `Left`. They go into the list that `run` and `stop` see,
//!    `Then<Base<Threads>, Config, (Seen, Undo)>`, and there [`Has`] finds a `&Config` only if `Left` allows to look at
//!    it.
//! 6. [`Callable`] proves that the function can be called with these values for *all* lifetimes, and calls it.
//!
//! `X` is `(parameters, output, ways, mode)`. An implementation may not have a type parameter that its head does not
//! name (E0207), so the head names all that the steps have inferred. `S` and `Left` could be associated types, but are
//! parameters: where a bound contains a projection, rustc shows a mistake at the whole attribute, and not at the
//! function.
//!
//! The types are public, so that rustc prints `Then` in a message, and not the path to it. No document shows them.

mod function;
mod kind;
mod list;
mod output;
mod param;
mod phases;

pub use function::{Awaits, Callable, Calls, Function, Known};
pub use kind::{Awaited, Called, Elsewhere, Here, Kind, Of, Tasks, Threads};
pub use list::{
    Base, Changed, Components, Earlier, Has, Last, List, Main, Many, NoBody, Nothing, Runs, Seen,
    Signals, Taken, Then, Undo, Whole,
};
pub use output::{Ended, PhaseOutput, Reacted, StartOutput, Started};
pub use param::{Ask, Asks, Find, Found, Given, Leaves, Param, Shareable, Ways};
pub use phases::{AddOnSignal, OnSignal, OnSignals, Run, Start, Stop};
