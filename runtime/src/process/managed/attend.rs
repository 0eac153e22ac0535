//! What the supervisor does for a child: all of it is called on the supervisor's thread alone.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Asked, End, Managed, Remains, Stage, State};
use crate::observe::ChildEvent;
use crate::process::member::Member;
use crate::process::origin::Origin;
use crate::process::readiness::Readiness;
use crate::process::stopped::{self, LONG};
use crate::report;
use crate::sys::{ChildState, Event, Processes, Source};

/// One signal may end both an essential child and the app: a service manager signals all processes of a service, and a
/// terminal all processes in its foreground. This is how long after the end of the child that signal may come to the
/// app.
const TOGETHER: Duration = Duration::from_millis(200);

/// What has come of a look at a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::process) enum Progress {
    /// Nothing is to be done before something else happens.
    None,
    /// The child is to be looked at once more, without waiting.
    Again,
    /// The child needs no care any more.
    Over,
}

impl Managed {
    /// Adds the descriptors that become readable when there may be progress.
    pub(in crate::process) fn watched(&self, into: &mut Vec<Arc<dyn Source>>) {
        let state = self.state();
        if let Readiness::Awaited { silent: false, .. } = state.readiness {
            let starting = self.starting.as_ref();
            into.extend(starting.map(|starting| Arc::clone(&starting.reader) as Arc<dyn Source>));
        }
        match &state.stage {
            Stage::Unreaped { remains: None, .. } => {
                let own_end = self.own_end.clone();
                into.extend(own_end.map(|end| end as Arc<dyn Source>));
            }
            Stage::Unreaped {
                remains: Some(remains),
                ..
            } => {
                let members = remains.members.iter();
                into.extend(members.map(|member| Arc::clone(&member.end) as Arc<dyn Source>));
            }
            Stage::Reaped(_) | Stage::Over(_) => {}
        }
    }

    /// Returns the event that becomes readable when the app asks the child to end. Once that has come, this returns
    /// `None`: the event stays readable, and would wake the supervisor again and again.
    pub(in crate::process) fn cue(&self) -> Option<&Event> {
        let (event, _) = self.app_cue()?;
        matches!(self.state().asked, Asked::Nothing(_)).then_some(event)
    }

    fn app_cue(&self) -> Option<(&Event, bool)> {
        self.origin.as_ref()?.cue(self.options.on_shutdown)
    }

    /// Does what is due for the child. The bell rings when a shield ends that is waited for.
    pub(in crate::process) fn attend(
        self: &Arc<Self>,
        processes: &Processes,
        bell: &Arc<Event>,
    ) -> Progress {
        let in_doubt = self.state().in_doubt;
        if let Some(decided_at) = in_doubt {
            if decided_at > Instant::now() && !self.is_shutting_down() {
                return Progress::None;
            }
            if let Some(end) = self.end() {
                self.report_essential_end(end);
            }
            return Progress::Over;
        }
        let has_come = self.app_cue().is_some_and(|(_, has_come)| has_come);
        if has_come && !self.is_held_back(bell) {
            self.terminate();
        }
        if self.kill_at().is_some_and(|at| at <= Instant::now()) {
            self.kill();
        }
        self.attend_start();
        self.attend_waits(bell);
        let mut state = self.state();
        let mut beyond = Vec::new();
        let progress = self.reap(&mut state, processes, &mut beyond);
        if progress != Progress::Over {
            return progress;
        }
        let by_itself = !state.asked.by_us();
        let Stage::Reaped(end) = state.stage else {
            return Progress::Over;
        };
        // The lock is given back first: printing takes other locks.
        drop(state);
        self.name_beyond(end, &beyond);
        self.tell(ChildEvent::Reaped(match end {
            End::Status(status) => Some(status),
            End::Lost | End::Beyond => None,
        }));
        // The app is told first: who waits for the child may have the app end well.
        let is_missed = self.options.essential && by_itself;
        let is_in_doubt = is_missed && end.is_by_a_shutdown() && !self.is_shutting_down();
        if is_missed && !is_in_doubt {
            self.report_essential_end(end);
        }
        // The lock is for these changes only. They come before anybody is woken, since who is asks for the status at
        // once; and wakers are foreign code.
        let mut state = self.state();
        state.ending = None;
        state.stage = Stage::Over(end);
        state.in_doubt = is_in_doubt.then(|| Instant::now() + TOGETHER);
        drop(state);
        self.over.set();
        self.waiters.wake_all();
        if is_in_doubt {
            Progress::None
        } else {
            Progress::Over
        }
    }

    /// Returns when there is something to do, if nothing happens before.
    pub(in crate::process) fn due_at(&self) -> Option<Instant> {
        let state = self.state();
        if let Some(decided_at) = state.in_doubt {
            return Some(decided_at);
        }
        let ready_until = match state.readiness {
            Readiness::Awaited { until, .. } => until,
            Readiness::Ready | Readiness::Failed(_) => None,
        };
        let look_at = state.stops.look_at;
        // The lock is given back first, since this takes it again.
        drop(state);
        [ready_until, look_at, self.kill_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Decides whether the child is ready, where that is awaited and can be told. A child that is not ready is killed.
    fn attend_start(&self) {
        let Some(starting) = &self.starting else {
            return;
        };
        let mut state = self.state();
        if !matches!(state.readiness, Readiness::Awaited { .. }) {
            return;
        }
        // This comes before the look into the pipe: what a child has said that has ended is there then.
        let has_ended = self.group.child_state() != ChildState::Running;
        let said = starting.reader.look();
        state.readiness = state.readiness.after(has_ended, said, Instant::now());
        let decided = state.readiness;
        drop(state);
        match decided {
            Readiness::Awaited { .. } => return,
            // Also where the child itself has ended: its group is to end, too, and the number is the group's until the
            // child is reaped.
            Readiness::Failed(_) => self.kill(),
            Readiness::Ready => {}
        }
        starting.decided.set();
        // The lock was given back before, since wakers are foreign code.
        starting.waiters.wake_all();
    }

    /// Looks whether the child is stopped, if somebody waits for it and that look is due.
    fn attend_waits(self: &Arc<Self>, bell: &Arc<Event>) {
        let mut state = self.state();
        let is_due = state.stops.look_at.is_some_and(|at| at <= Instant::now());
        if !is_due {
            return;
        }
        state.stops.look_at = None;
        let (true, Some(end)) = (state.stops.waits > 0, &self.own_end) else {
            return;
        };
        let stopped = end.stopped_by();
        let was_watched = mem::replace(&mut state.stops.watched, true);
        // The lock is given back before: printing takes other locks.
        drop(state);
        if let Some(signal) = stopped {
            let advice = stopped::advice(signal, self.options.foreground);
            report::line(&format!("{} {advice}", self.words()));
        }
        if !was_watched {
            let (child, bell) = (Arc::clone(self), Arc::clone(bell));
            stopped::watch(Arc::clone(end), stopped.is_some(), move || {
                child.has_stopped();
                bell.set();
            });
        }
    }

    /// The child was stopped. If it is still stopped after a while, and somebody waits for it, that is said.
    fn has_stopped(&self) {
        // The lock is for the note alone. The caller rings the bell after this.
        self.state().stops.look_at = Some(Instant::now() + LONG);
    }

    /// Returns whether a shield that the child was started in is still held. From the first call on the bell rings when
    /// one ends. It does not ring earlier, since shields are slower while anybody waits for one.
    fn is_held_back(&self, bell: &Arc<Event>) -> bool {
        let mut state = self.state();
        if let Asked::Nothing(shelter) = &mut state.asked {
            if let Some(shelter) = shelter.take() {
                state.asked = Asked::AfterShields(shelter.barrier(Arc::clone(bell)));
            }
        }
        match &mut state.asked {
            Asked::AfterShields(barrier) => !barrier.is_clear(),
            _ => false,
        }
    }

    /// Returns when the child is killed: its grace is over, or the app's time for children. `None` means that the child
    /// was not asked to end, or has all time.
    fn kill_at(&self) -> Option<Instant> {
        let Asked::ToEnd(since) = self.state().asked else {
            return None;
        };
        let grace = since.checked_add(self.options.grace);
        // The lock was given back: this may drop the app's last handle, and with it values of the user's.
        let left = self.origin.as_ref().and_then(Origin::time_left);
        let latest = left.and_then(|left| Instant::now().checked_add(left));
        [grace, latest].into_iter().flatten().min()
    }

    /// Reaps the child, if it has ended. Where it was asked to end, its group has to have ended before.
    /// `beyond` gets the processes of the group that cannot be killed.
    fn reap(&self, state: &mut State, processes: &Processes, beyond: &mut Vec<i32>) -> Progress {
        let Stage::Unreaped { process, remains } = &mut state.stage else {
            return Progress::None;
        };
        if matches!(state.asked, Asked::Refused) {
            state.stage = Stage::Reaped(End::Beyond);
            return Progress::Over;
        }
        // What a child leaves in its group, when nobody has asked it to end, is its own business.
        if state.asked.by_us() && !self.options.foreground {
            let killed = matches!(state.asked, Asked::Killed);
            let progress = self.end_group(remains, killed, processes);
            if progress != Progress::Over {
                return progress;
            }
            if let Some(remains) = remains {
                *beyond = mem::take(&mut remains.beyond);
            }
        }
        let end = match process.try_wait() {
            Ok(None) => return Progress::None,
            Ok(Some(status)) => End::Status(status),
            Err(_) => End::Lost,
        };
        state.lifeline = None;
        // What is left of the group, when nobody has asked it to end, goes on when this process has ended.
        self.group.release();
        state.stage = Stage::Reaped(end);
        Progress::Over
    }

    /// Whether the child's group is over, or gets its last signal here. The leader is not reaped before: the group has
    /// its number.
    fn end_group(
        &self,
        remains: &mut Option<Remains>,
        killed: bool,
        processes: &Processes,
    ) -> Progress {
        match self.group.child_state() {
            ChildState::Running if remains.is_none() => return Progress::None,
            // Its number, and so its group's, may mean others by now: nothing more is sent there.
            ChildState::Reaped => return Progress::Over,
            ChildState::Running | ChildState::Zombie => {}
        }
        let remains = remains.get_or_insert_default();
        remains.members.retain(Member::is_alive);
        if killed {
            // A signal to the group has reached those that take it, and says nothing of the others. Nobody waits for
            // these.
            remains
                .members
                .retain(|member| !member.refuses_to_be_killed());
        }
        if !remains.members.is_empty() {
            return Progress::None;
        }
        let mut living = self.living(processes);
        if let Some(members) = living.as_mut().filter(|_| killed) {
            // Some of these were forked while the signal was sent to the group, and did not get it.
            remains.beyond.clear();
            members.retain(|member| {
                let refuses = member.refuses_to_be_killed();
                if refuses {
                    remains.beyond.push(member.pid);
                }
                !refuses
            });
        }
        match living {
            Some(members) if !members.is_empty() => {
                remains.members = members;
                remains.deserted = false;
                return Progress::None;
            }
            // One look may miss a process that is forked meanwhile by another one, which ends before it is looked at.
            Some(_) if !mem::replace(&mut remains.deserted, true) => return Progress::Again,
            _ => {}
        }
        // For a process that both looks have missed, and for all of them where the group cannot be seen.
        let _ = self.group.kill();
        Progress::Over
    }

    /// Returns who lives of the child's group. `None` means that this cannot be learned.
    fn living(&self, processes: &Processes) -> Option<Vec<Member>> {
        let members = self.group.members(processes)?;
        let members = members.into_iter().map(Member::new);
        Some(members.filter(Member::is_alive).collect())
    }

    /// Names what lives on of a child that has ended so, since it has become another user's.
    fn name_beyond(&self, end: End, others: &[i32]) {
        let child = self.ended_words(Some(end));
        if end == End::Beyond {
            report::line(&child);
        }
        for pid in others {
            report::line(&format!(
                "pid {pid} of the group of {child} is another user's, and could not be killed"
            ));
        }
    }

    fn is_shutting_down(&self) -> bool {
        self.origin.as_ref().is_some_and(Origin::is_requested)
    }

    /// Tells the app that this child has ended so, which the app cannot do without. An app that is shutting down
    /// already is not told.
    fn report_essential_end(&self, end: End) {
        let Some(origin) = self.origin.as_ref().filter(|app| !app.is_requested()) else {
            return;
        };
        let failed = !matches!(end, End::Status(status) if status.success());
        // The request wakes tasks, which is foreign code and may panic.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            origin.misses(self.ended_words(Some(end)), failed);
        }));
    }
}
