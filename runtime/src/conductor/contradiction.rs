//! What contradictions between options are told as.

/// Two options that contradict each other.
#[derive(Clone, Copy)]
pub(super) struct Contradiction {
    /// The text of [`Error::Contradiction`](crate::Error::Contradiction), for an app that cannot begin.
    pub(super) sentence: &'static str,
    /// The text of the compiler's error: what is wrong, and what to write instead.
    pub(super) refusal: &'static str,
}

/// Makes both texts from the same words. This is a macro, since a `const fn` cannot concatenate its arguments.
macro_rules! contradiction {
    ($problem:literal, $help:literal) => {
        $crate::conductor::contradiction::Contradiction {
            sentence: concat!($problem, ": ", $help),
            refusal: concat!($problem, "\n\nhelp: ", $help),
        }
    };
}

pub(super) use contradiction;
