//! Telling what happens: an observer of the program's, and the record of the stop.

use crate::lifecycle::{Event, Stage, Step};
use crate::observe::{self, EventKind, Work};
use crate::shutdown::Reason;
use crate::signal::Signal;
use crate::timeline::Stretch;

use super::{Form, Listener, ShieldWait};

/// What an observer is told of a step.
pub(super) fn work_of(step: Step) -> Work {
    match step {
        Step::Body => Work::Body,
        Step::Start => Work::StartPhase,
        Step::Run => Work::RunPhase,
        Step::Stop => Work::StopPhase,
        Step::Rollback => Work::Rollback,
        Step::ExitFunctions => Work::ExitFunctions,
    }
}

impl Listener<'_> {
    /// Tells an observer of this event.
    pub(super) fn tell(&mut self, event: Event) {
        match event {
            Event::Requested { .. } => self.tell_request(),
            Event::LateSignal(number) | Event::Insisted(number) => observe::tell(|| {
                let mut known = self.shutdown.signals().into_iter();
                let signal = known.find(|signal| signal.number() == number);
                EventKind::Signalled(signal.unwrap_or(Signal::new(number, None)))
            }),
            Event::Ended(_) => {
                let (work, after) = (work_of(self.step), self.step_began.elapsed());
                observe::tell(|| EventKind::Finished { work, after });
            }
            _ => {}
        }
    }

    pub(super) fn tell_request(&mut self) {
        self.notifier.stops();
        let shutdown = self.shutdown;
        observe::tell(|| {
            let reason = shutdown.reason();
            EventKind::Requested {
                why: reason.as_ref().map(ToString::to_string).unwrap_or_default(),
                signal: match reason {
                    Some(Reason::Signal(signal)) => Some(signal),
                    _ => None,
                },
            }
        });
        if self.shutdown.inbox().word().cancelled() {
            self.tell_cancellation();
        }
    }

    /// Tells an observer of the cancellation, once.
    pub(super) fn tell_cancellation(&mut self) {
        if !self.told_cancelled {
            self.told_cancelled = true;
            observe::tell(|| EventKind::RunCancelled);
        }
    }

    /// Notes in which stretch of the stop the app is.
    #[cold]
    pub(super) fn note_stretch(&self) {
        let stage = self.lifecycle.stage();
        if !self.lifecycle.is_stopping() && stage != Stage::Foreign {
            return;
        }
        let stretch = match (stage, &self.shield_wait) {
            (Stage::Body, _) => Stretch::Body,
            (Stage::Start, _) => Stretch::Start,
            (Stage::Run, _) if self.lifecycle.is_draining() => Stretch::Drain,
            (Stage::Run, _) => Stretch::Run,
            (Stage::Settle | Stage::Force(_), _) | (Stage::Exit, ShieldWait::Shields(_)) => {
                Stretch::Shields
            }
            (Stage::Stop, _) if self.step == Step::Rollback => Stretch::Rollback,
            (Stage::Stop, _) => Stretch::Stop,
            (Stage::Exit, ShieldWait::Callbacks) => Stretch::Callbacks,
            (Stage::Exit, ShieldWait::Nothing) => Stretch::ExitFunctions,
            (Stage::Foreign, _) => Stretch::ForeignExit,
            (Stage::Leaving, _) if self.form == Form::Embedded => Stretch::Threads,
            (Stage::Leaving, _) => Stretch::Leaving,
            // The process ends in the step that has led here.
            (Stage::Over, _) => return,
        };
        // The request was made by the signal, which the listener may hear of later on a busy machine.
        let began = self.shutdown.inbox().since_accepted();
        self.shutdown
            .record()
            .enter(stretch, began.unwrap_or_default());
    }
}
