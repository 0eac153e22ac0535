//! What the apps of a test are made of.

/// Threads, or tasks on one of these executors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(
    dead_code,
    reason = "the rows of threads know nothing of the executors of tasks"
)]
pub enum On {
    Threads,
    Tokio,
    TokioCurrentThread,
    /// A runtime of tokio's that the program makes.
    Runtime,
    /// One of a single thread, without any driver.
    BareRuntime,
    Smol,
    Futures,
    /// A function that takes its time before and after it runs the phases.
    Slow,
    /// A function that drops the phases where they wait after the request, for the listener as a rule.
    Impatient,
    /// A function that has a script when the phases are to be polled after the request, and goes on where that returns.
    Interrupted,
    /// No executor: a function that drops what it is to run.
    Dropping,
    /// No executor either: a function that keeps it.
    Forgetting,
}

impl On {
    /// What the programs are told.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Threads => None,
            Self::Tokio => Some("on=tokio"),
            Self::TokioCurrentThread => Some("on=tokio-current-thread"),
            Self::Runtime => Some("on=runtime"),
            Self::BareRuntime => Some("on=bare-runtime"),
            Self::Smol => Some("on=smol"),
            Self::Futures => Some("on=futures"),
            Self::Slow => Some("on=slow"),
            Self::Impatient => Some("on=impatient"),
            Self::Interrupted => Some("on=interrupted"),
            Self::Dropping => Some("on=dropping"),
            Self::Forgetting => Some("on=forgetting"),
        }
    }

    pub fn is_tasks(self) -> bool {
        self != Self::Threads
    }
}
