//! How far a child is on its way to the end.

use std::io;
use std::mem;
use std::process::{self, ChildStdin, ExitStatus};
use std::time::Instant;

use super::groups::{Groups, Member, is_alive};
use crate::sys::{self, Target};

/// What of a child changes.
pub(super) struct State {
    pub(super) stage: Stage,
    /// Held open, to tell it by closing it.
    pub(super) lifeline: Option<ChildStdin>,
    /// When it was told to end.
    pub(super) told: Option<Instant>,
    pub(super) killed: bool,
    /// It was to be killed, and that is not allowed.
    pub(super) beyond: bool,
    /// It is essential, has ended, and may have been ended together with the app: when that is decided.
    pub(super) in_doubt: Option<Instant>,
}

pub(super) enum Stage {
    Child(process::Child),
    /// It was told to end, and has; these of its group have not. It is reaped when none is left: until then its number is the
    /// group's.
    Group {
        leader: process::Child,
        members: Vec<Member>,
        /// How often nobody was found.
        deserted: u8,
    },
    Over(End),
}

/// How a child has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Status(ExitStatus),
    /// Other code has reaped it.
    Lost,
    /// It has not, and is not waited for: it is another user's by now.
    Beyond,
}

/// What has come of a look at a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    None,
    /// It is to be looked at once more, without waiting.
    Again,
    Over,
}

impl State {
    /// Reaps it, if it has ended, and its group with it where it was told to.
    pub(super) fn advance(&mut self, pid: i32, target: Target, groups: &Groups) -> Progress {
        if self.beyond {
            self.stage = Stage::Over(End::Beyond);
            return Progress::Over;
        }
        let by_group = self.told.is_some() && matches!(target, Target::Group(_));
        if by_group && matches!(self.stage, Stage::Child(_)) {
            if !sys::has_ended(pid) {
                return Progress::None;
            }
            // Anything in its place, for the moment.
            if let Stage::Child(leader) = mem::replace(&mut self.stage, Stage::Over(End::Lost)) {
                self.stage = Stage::Group {
                    leader,
                    members: Vec::new(),
                    deserted: 0,
                };
            }
        }
        let child = match &mut self.stage {
            Stage::Over(_) => return Progress::None,
            Stage::Child(child) => child,
            Stage::Group {
                leader,
                members,
                deserted,
            } => {
                members.retain(|member| is_alive(member));
                if !members.is_empty() {
                    return Progress::None;
                }
                match groups.living(pid) {
                    Some(living) if living.is_empty() => {
                        *deserted += 1;
                        if *deserted == 1 {
                            // One look may miss somebody who forks and ends meanwhile.
                            return Progress::Again;
                        }
                    }
                    Some(living) => {
                        *members = living;
                        *deserted = 0;
                        if self.killed {
                            let _ = sys::send(target, sys::KILL);
                        }
                        return Progress::None;
                    }
                    None => {}
                }
                // Whoever has slipped through, and all of them where nobody can be seen: now or never.
                let _ = sys::send(target, sys::KILL);
                leader
            }
        };
        let end = match child.try_wait() {
            Ok(None) => return Progress::None,
            Ok(Some(status)) => End::Status(status),
            Err(_) => End::Lost,
        };
        self.lifeline = None;
        self.stage = Stage::Over(end);
        Progress::Over
    }

    /// Sends a signal, as long as it was not reaped. Whether it was not.
    pub(super) fn send(&self, target: Target, signal: i32) -> io::Result<bool> {
        match self.stage {
            Stage::Child(_) | Stage::Group { .. } => sys::send(target, signal).map(|()| true),
            Stage::Over(_) => Ok(false),
        }
    }
}
