//! How far a child is.

/// What the system says of a child that we have not reaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChildState {
    Running,
    /// The child has ended, and its status waits to be taken. Until then its number is no other process's.
    Zombie,
    /// Other code has taken the status. The number may be another process's by now.
    #[cfg_attr(
        windows,
        allow(
            dead_code,
            reason = "as often as it is asked for, the status stays there"
        )
    )]
    Reaped,
}

/// What happens to a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    any(aplomb_portable, not(any(target_os = "linux", target_os = "android"))),
    allow(dead_code, reason = "nothing tells of one there")
)]
pub(crate) enum Change {
    /// This signal has stopped the child.
    Stopped(i32),
    Continued,
    Ended,
}
