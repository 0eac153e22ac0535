//! Why a script failed.

use std::error::Error;
use std::fmt;

use aplomb::Cancelled;

/// The programs turn it into the error type that they are told to have.
#[derive(Debug)]
pub(crate) enum Failure {
    Text(String),
    Cancelled(Cancelled),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Cancelled(cancelled) => cancelled.fmt(f),
        }
    }
}

impl Error for Failure {}

impl From<Cancelled> for Failure {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}
