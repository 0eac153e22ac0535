//! How a child begins.

/// What is to be done about a child before its program begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Orders {
    /// The child leads a process group of its own.
    pub(crate) own_group: bool,
    /// The system kills the child when this process ends, where it can.
    pub(crate) ends_with_us: bool,
    /// What else `CreateProcessW` is to be asked for.
    #[cfg_attr(unix, expect(dead_code, reason = "no other system has such flags"))]
    pub(crate) creation_flags: u32,
}
