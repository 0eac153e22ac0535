//! What a child has said of whether it is ready.

/// What is known of whether a child is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Nothing,
    Ready,
    /// Nobody has the other end any more, so nobody will say anything.
    #[cfg_attr(windows, allow(dead_code, reason = "an event has no other end"))]
    Never,
}
