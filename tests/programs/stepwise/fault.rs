//! Why a function of a script fails.

use aplomb::Cancelled;

#[derive(Debug)]
#[allow(dead_code, reason = "read by the derived Debug")]
pub(crate) enum Fault {
    /// The script says so. The call is named, so that its line on standard error is told from others.
    Told(String),
    Cancelled(Cancelled),
}

impl From<Cancelled> for Fault {
    fn from(cancelled: Cancelled) -> Self {
        Fault::Cancelled(cancelled)
    }
}
