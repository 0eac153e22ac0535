//! Naming what the end waits for, on standard error: in the stage in which it waits, and when a limit has passed.

use crate::children;
use crate::exit;
use crate::lifecycle::{Deadline, NextPress, Stage, Step};
use crate::observe::{self, EventKind};
use crate::report::{self, Line};
use crate::shield::{self, ShieldInfo};
use crate::shutdown::Activity;
use crate::stragglers::{self, Straggler, Stragglers};
use crate::sys;
use crate::ticks::Moment;

use super::{Form, Listener, ShieldWait};

impl Listener<'_> {
    /// Returns what the end of the app waits for in this stage, with those of the activities that count.
    pub(super) fn awaited(
        &self,
        stage: Stage,
        counts: &dyn Fn(Activity) -> bool,
    ) -> Vec<Straggler> {
        let began = self.stragglers.as_ref().map(Stragglers::began);
        let began = began.unwrap_or_else(Moment::now);
        let mut activities = match stage {
            Stage::Body | Stage::Start | Stage::Run | Stage::Stop | Stage::Exit => {
                self.shutdown.activities()
            }
            _ => Vec::new(),
        };
        let waits_for_callbacks = matches!(self.shield_wait, ShieldWait::Callbacks);
        activities.retain(|(activity, _)| match activity {
            // These are waited for at the exit alone.
            Activity::Registered { by, .. } => waits_for_callbacks && *by != Activity::AT_EXIT,
            Activity::ExecutorEnds => true,
            // At the exit the phases are over, and so is what they have done.
            _ => stage != Stage::Exit,
        });
        activities.retain(|(activity, _)| counts(*activity));
        // What goes on inside the shield of `start` or `stop` says more than that shield.
        let is_told = activities.iter().any(|(what, _)| what.is_in_a_phase());
        let is_phase = |info: &ShieldInfo| {
            info.location() == self.place && ["start", "stop"].contains(&info.name())
        };
        let holders = self.holders(stage).into_iter();
        let (phases, holders): (Vec<_>, Vec<_>) =
            holders.partition(|info| is_told && is_phase(info));
        let mut all: Vec<_> = holders.iter().map(Straggler::from).collect();
        all.extend(activities.into_iter().map(|(activity, since)| {
            // An activity may have begun long before the end had to wait for it.
            let straggler = Straggler::new(activity, since.max(began));
            match phases.first() {
                Some(phase) if activity.is_in_a_phase() => straggler.remarking(phase.remark()),
                _ => straggler,
            }
        }));
        match (stage, &self.shield_wait) {
            (Stage::Exit, ShieldWait::Nothing) | (Stage::Foreign, _) => {
                all.extend(exit::stragglers());
            }
            (Stage::Leaving, _) if self.form == Form::Embedded => {
                all.push(Straggler::new(self.ending.waits_for(), began));
            }
            (Stage::Leaving, _) => {
                all.extend(exit::last_straggler());
            }
            _ => {}
        }
        all
    }

    /// Returns the shields that the app waits for in this stage. Where it does not wait for shields, these are all that
    /// are held.
    pub(super) fn holders(&self, stage: Stage) -> Vec<ShieldInfo> {
        match (stage, &self.shield_wait) {
            // The thread that has called `exit` names the shields. From the exit functions on none is held but theirs.
            (Stage::Foreign | Stage::Leaving | Stage::Over, _)
            | (Stage::Exit, ShieldWait::Nothing) => Vec::new(),
            (_, ShieldWait::Shields(barrier)) => barrier.holders(),
            (_, ShieldWait::Nothing | ShieldWait::Callbacks) => shield::in_the_way(),
        }
    }

    /// Names what holds the end up, when it is time to.
    pub(super) fn name_stragglers(&mut self) {
        let stage = self.lifecycle.stage();
        // A drain ends when its time is up, and until then `run` is to go on.
        if !self.lifecycle.is_stopping() || stage == Stage::Over || self.lifecycle.is_draining() {
            self.stragglers = None;
            return;
        }
        let all = self.awaited(stage, &|_| true);
        let stragglers = self.stragglers.get_or_insert_with(Stragglers::new);
        self.notifier.waits_for(|| stragglers.overdue(&all));
        stragglers.name_due(all);
    }

    /// Names all that the end waits for, at once: the user insists, or a deadline has passed. A `run` that has no name
    /// is left out, since insisting and the words of a deadline are about that one.
    #[cold]
    pub(super) fn name_all(&self, stage: Stage) {
        let mut all = self.awaited(stage, &|activity| activity != Activity::Run);
        if stage == Stage::Foreign {
            all.extend(shield::in_the_way().iter().map(Straggler::from));
        }
        stragglers::name_all(all);
    }

    /// Says at a terminal what the app waits for after the first Ctrl-C, and what the next one does.
    #[cold]
    pub(super) fn explain(&mut self) {
        if !sys::stderr_is_terminal() {
            return;
        }
        if let Some(stragglers) = &mut self.stragglers {
            // This line takes the place of those that would be printed half a second later, which say less.
            stragglers.user_was_told();
        }
        let next = match self.lifecycle.next_press() {
            NextPress::Names => "; another Ctrl-C changes nothing",
            NextPress::EndsDrain => "; press Ctrl-C again not to wait for that",
            NextPress::DropsRun => "; press Ctrl-C again to drop it and go on to `stop`",
            NextPress::LastSecond => {
                "; press Ctrl-C again to give it one more second, and then to end the program without `stop`"
            }
            NextPress::Forces => "; press Ctrl-C again to end the program without `stop`",
            NextPress::Kills => "; press Ctrl-C again to end the program at once",
        };
        let waits_for = match self.lifecycle.stage() {
            Stage::Start => "`start` ends first, then the program stops",
            _ if self.lifecycle.is_draining() => "draining",
            _ => "waiting for `run` to end",
        };
        report::line(&format!("SIGINT: {waits_for}{next}"));
    }

    /// Says that a deadline has passed, and names what the end waits for in the stage in which that has happened.
    #[cold]
    pub(super) fn name_deadline(&self, deadline: Deadline, stage: Stage) {
        let limit = |deadline| self.deadlines.limit(deadline).unwrap_or_default();
        let option = match deadline {
            Deadline::Start => "timeout(start)",
            Deadline::Run => "timeout(run)",
            Deadline::Stop => "timeout(stop)",
            Deadline::Whole | Deadline::Room => "deadline",
            Deadline::Turn
            | Deadline::Drain
            | Deadline::Grace
            | Deadline::GiveUp
            | Deadline::Explain => return,
        };
        let passed = if deadline == Deadline::Room {
            let whole = limit(Deadline::Whole);
            let kept = whole.saturating_sub(limit(Deadline::Room));
            format!("{option} of {whole:?} leaves {kept:?} for `stop`")
        } else {
            format!("{option} of {:?} has passed", limit(deadline))
        };
        let what = self.unfinished(stage);
        let line = Line::failure(&format!("{passed}: {what}"));
        let limit = limit(deadline);
        observe::say(EventKind::LimitPassed { option, limit }, line);
        self.name_all(stage);
    }

    /// Says what has not ended in this stage.
    pub(super) fn unfinished(&self, stage: Stage) -> &'static str {
        let returned = self.lifecycle.has_returned();
        match stage {
            Stage::Body if self.shutdown.does(Activity::ExecutorBegins) => {
                "the executor has not begun"
            }
            Stage::Body => "the body of `main` has not ended",
            Stage::Start if returned => "`start` has ended, but the `Debug` of its error has not",
            Stage::Start => "`start` has not ended",
            Stage::Run if self.lifecycle.is_draining() => "the drain has not ended",
            Stage::Run if returned => "`run` has ended, but the `Debug` of its error has not",
            Stage::Run if self.shutdown.is_running() => "`run` has not ended",
            Stage::Run => "`run` has ended, but the function of a signal has not",
            Stage::Settle if self.step == Step::Start => {
                "the shields held when `start` ended have not ended"
            }
            Stage::Settle => "the shields held when `run` ended have not ended",
            Stage::Stop if self.step == Step::Rollback => "what undoes `start` has not ended",
            Stage::Stop => "`stop` has not ended",
            Stage::Exit | Stage::Force(_) => match &self.shield_wait {
                ShieldWait::Callbacks if self.shutdown.callbacks_are_done() => {
                    "the functions of `on_signal` have not ended"
                }
                ShieldWait::Callbacks => "the functions of `on_request` have not ended",
                ShieldWait::Shields(_) => "the shields that are held have not ended",
                ShieldWait::Nothing if self.shutdown.does(Activity::ExecutorEnds) => {
                    "the executor has not ended"
                }
                ShieldWait::Nothing if children::stragglers().is_empty() => {
                    "the exit functions have not ended"
                }
                ShieldWait::Nothing => "the children have not ended",
            },
            Stage::Foreign => "`std::process::exit` has not ended",
            Stage::Leaving if self.form == Form::Embedded => {
                "the threads of the app have not ended"
            }
            Stage::Leaving | Stage::Over => "`exit(3)` has not ended",
        }
    }
}
