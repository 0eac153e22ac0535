//! What the library is compiled with. Its features turn on those of this crate.

/// Whether there is tokio: to run an app on, and tasks.
pub(crate) const TOKIO: bool = cfg!(feature = "tokio");
