//! How far a child is on its way to the end.

use std::os::fd::OwnedFd;
use std::process::{self, ChildStdin, ExitStatus};
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use super::group;
use crate::sys::{self, Target};

/// What of a child changes.
pub(super) struct State {
    pub(super) stage: Stage,
    /// Held open, to tell it by closing it.
    pub(super) lifeline: Option<ChildStdin>,
    /// When it was told to end.
    pub(super) told: Option<Instant>,
    pub(super) killed: bool,
    pub(super) tasks: Vec<Waker>,
}

pub(super) enum Stage {
    /// It was not reaped.
    Child(process::Child),
    /// It was told to end, and has; these of its group have not.
    Group(End, Vec<Arc<OwnedFd>>),
    Over(End),
}

/// How a child has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Status(ExitStatus),
    /// Other code has reaped it.
    Lost,
}

impl State {
    /// Reaps it, if it has ended, and waits for its group if it was told to. Whether it is over, since this call.
    pub(super) fn advance(&mut self, pid: i32, target: Target) -> bool {
        let (end, living) = match &mut self.stage {
            Stage::Over(_) => return false,
            Stage::Child(child) => {
                let mut living = Vec::new();
                if let (Target::Group(leader), Some(_)) = (target, self.told) {
                    if !sys::has_ended(pid) {
                        return false;
                    }
                    living = group::living(leader).unwrap_or_else(|| {
                        // Now or never: the number is the group's until its leader is reaped.
                        let _ = sys::send(target, sys::KILL);
                        Vec::new()
                    });
                }
                match child.try_wait() {
                    Ok(None) => return false,
                    Ok(Some(status)) => (End::Status(status), living),
                    Err(_) => (End::Lost, living),
                }
            }
            Stage::Group(end, members) => {
                members.retain(|member| group::is_alive(member));
                let living = match &members[..] {
                    // They may have had children of their own.
                    [] => group::living(pid).unwrap_or_default(),
                    _ => return false,
                };
                (*end, living)
            }
        };
        self.lifeline = None;
        if self.killed {
            for member in &living {
                let _ = sys::send_to(member, sys::KILL);
            }
        }
        let is_over = living.is_empty();
        self.stage = if is_over {
            Stage::Over(end)
        } else {
            Stage::Group(end, living)
        };
        is_over
    }
}
