//! The state machine: what happens next, given what has happened.
//!
//! A pure function: an event in, a list of actions out. It knows no thread, no clock and no
//! descriptor, so all sequences of events can be tried.

use crate::signal::Began;
use crate::signal::SIGINT;
use crate::status::{End, ExitPolicy, Ledger, Status};

/// Where the app is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// `main`'s own body, which has acquired nothing.
    Body,
    Start,
    Run,
    /// `run` has ended, or never began; shields that are held right now end.
    Settle,
    /// `stop`, or what undoes a failed `start`.
    Stop,
    /// All shields end, then the exit functions run.
    Exit,
    /// The user has insisted, or `run` is out of time: as soon as no shield is held, the end.
    Force(Status),
    /// Somebody has called `std::process::exit`; the process is leaving by itself.
    Foreign,
    /// The app's thread leaves: it flushes, and C code runs its exit functions.
    Leaving,
    /// The process ends.
    Over,
}

/// The deadlines that an app may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deadline {
    Start,
    Run,
    Stop,
    /// The whole shutdown.
    Whole,
    /// Not an end: the time between the request and the cancellation.
    Drain,
    /// Ours: how long a `run` that is given up has until it hears of it, or until it is known what the `Err` is that it
    /// has returned.
    GiveUp,
    /// Not an end, and ours: how long the user hears nothing after the first Ctrl-C.
    Explain,
}

/// What is done on the app's thread, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Body,
    Start,
    Run,
    /// `stop`, and then what [`Cleanup`](crate::Cleanup) holds.
    Stop,
    /// What `Cleanup` holds, after a `start` that has failed.
    Rollback,
    ExitFunctions,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// The shutdown is requested: by this signal, or by a call. `cancels` is whether that is the cancellation, too, and
    /// there is no time to drain.
    Requested { signal: Option<i32>, cancels: bool },
    /// A shutdown signal, the first one, when the shutdown had begun already.
    LateSignal(i32),
    /// The user insists, by this signal.
    Insisted(i32),
    /// The task of `run` has been polled since the request: it is not blocked.
    Alive,
    /// It has heard that it is given up, and a shield holds it back.
    HeldBack,
    /// It is dropped.
    Dropping,
    /// The user's function in what the app's thread was told to do has returned an `Err`. That is looked at now and
    /// printed, which is code of the user's and may take long.
    Returned,
    /// What the app's thread was told to do has ended.
    Ended(End),
    /// The app's thread has ended.
    Gone,
    /// The first [`Shutdown::request_exit`](crate::Shutdown::request_exit) has asked for this status.
    Asked(u8),
    /// A function that we call for the user beside the phases has returned an `Err`.
    CallbackFailed,
    /// One of these has panicked.
    CallbackPanicked,
    /// The shields that were awaited are over.
    ShieldsClear,
    /// The time is up.
    Expired(Deadline),
    /// `std::process::exit` was called.
    ForeignExit,
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// The app's thread does this.
    Do(Step),
    /// The shutdown begins, if it has not, for this reason, and cancels.
    Begin(Began),
    /// From here on a request leaves time to drain.
    Drain,
    /// `run` is cancelled.
    Cancel,
    /// The task of `run` is to drop it, where no shield holds it back.
    GiveUp,
    /// The clock of this deadline starts, from its beginning.
    Arm(Deadline),
    Disarm(Deadline),
    /// Say when the shields that are held now are over.
    AwaitHeld,
    /// Say when no shield is held; none begins any more.
    AwaitAll,
    /// Tell the user, at a terminal, what the first Ctrl-C has led to.
    Explain,
    /// Nobody waits any longer until what has failed is printed.
    AbandonReport,
    /// Name what holds it up.
    NameHolders,
    /// Say that this deadline has passed, and what is in its way.
    NameDeadline(Deadline),
    /// The app's thread leaves with this status.
    Leave(Status),
    /// The process ends with this status, here and now.
    EndProcess(Status),
}

/// Which deadlines there are, and how a signal is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rules {
    pub(crate) drains: bool,
    /// Whether `run` is a future, which can be given up: `stop` runs then.
    pub(crate) droppable: bool,
    pub(crate) bounds_stop: bool,
    pub(crate) exit: ExitPolicy,
}

/// The state.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a thing that has happened or has not"
)]
#[derive(Debug, Clone)]
pub(crate) struct Lifecycle {
    rules: Rules,
    stage: Stage,
    /// What the app's thread is doing.
    step: Option<Step>,
    /// Whether the user's function in that has ended.
    returned: bool,
    requested: bool,
    /// Whether somebody has asked for the end: it did not come about by itself.
    asked: bool,
    /// Cancellation is still to come, after the drain.
    draining: bool,
    /// Whether the task of `run` has been polled since the request.
    alive: bool,
    /// Whether `run` was given up: with which status the process ends if it does not hear of that, and how
    /// far it is.
    given_up: Option<(Status, GivenUp)>,
    ledger: Ledger,
}

/// How far a `run` is that was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GivenUp {
    Told,
    /// A shield holds it back.
    HeldBack,
    Dropping,
}

impl Lifecycle {
    pub(crate) fn new(rules: Rules) -> Self {
        Lifecycle {
            rules,
            stage: Stage::Body,
            step: Some(Step::Body),
            returned: false,
            requested: false,
            asked: false,
            draining: false,
            alive: false,
            given_up: None,
            ledger: Ledger::default(),
        }
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// Whether `run` is dropped when the user insists: it is a future, and does not block its thread.
    pub(crate) fn would_drop(&self) -> bool {
        self.rules.droppable && self.alive
    }

    /// Whether the function has ended that the app's thread was told to call, and the `Err` of it is looked at.
    pub(crate) fn has_returned(&self) -> bool {
        self.returned
    }

    /// Whether `run` has time to drain now.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining
    }

    /// Whether the shutdown was requested or has begun by itself.
    pub(crate) fn is_stopping(&self) -> bool {
        self.requested
    }

    /// Something happens.
    pub(crate) fn on(&mut self, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.stage == Stage::Over {
            return actions;
        }
        match event {
            Event::Requested { signal, cancels } => self.requested(signal, cancels, &mut actions),
            Event::LateSignal(signal) => self.late_signal(signal, &mut actions),
            Event::Insisted(signal) => self.insisted(signal, &mut actions),
            Event::Alive => self.alive = true,
            Event::HeldBack => self.has_heard(GivenUp::HeldBack, &mut actions),
            Event::Dropping => self.has_heard(GivenUp::Dropping, &mut actions),
            Event::Returned => self.returned(&mut actions),
            Event::Ended(end) => self.ended(end, &mut actions),
            Event::Gone => self.gone(&mut actions),
            Event::Asked(code) => self.ledger.asked = self.ledger.asked.or(Some(code)),
            Event::CallbackFailed => self.ledger.note(End::Failed),
            Event::CallbackPanicked => self.ledger.note(End::Panicked),
            Event::ShieldsClear => self.shields_clear(&mut actions),
            Event::Expired(deadline) => self.expired(deadline, &mut actions),
            Event::ForeignExit => self.foreign_exit(&mut actions),
        }
        actions
    }

    fn requested(&mut self, signal: Option<i32>, cancels: bool, actions: &mut Vec<Action>) {
        self.asked = true;
        if let Some(signal) = signal {
            self.ledger.signal = self.ledger.signal.or(Some(signal));
        }
        if self.requested {
            return;
        }
        self.requested = true;
        match (self.stage, signal) {
            // Nothing was acquired yet: the signal does what it would do without us.
            (Stage::Body, Some(signal)) => {
                self.force(Status::forced(signal, self.rules.exit), actions);
                return;
            }
            (Stage::Run, _) => {
                actions.push(Action::Arm(Deadline::Run));
                if !cancels {
                    self.draining = true;
                    actions.push(Action::Arm(Deadline::Drain));
                }
            }
            _ => {}
        }
        actions.push(Action::Arm(Deadline::Whole));
        self.explain_later(signal, actions);
    }

    /// A program that ends at once has nothing to explain.
    fn explain_later(&self, signal: Option<i32>, actions: &mut Vec<Action>) {
        if signal == Some(SIGINT) && matches!(self.stage, Stage::Start | Stage::Run) {
            actions.push(Action::Arm(Deadline::Explain));
        }
    }

    fn late_signal(&mut self, signal: i32, actions: &mut Vec<Action>) {
        self.asked = true;
        // The exit functions see a status that is settled.
        if matches!(self.step, Some(Step::ExitFunctions)) {
            return;
        }
        if self.stage == Stage::Leaving {
            actions.push(Action::AbandonReport);
            return;
        }
        self.explain_later(Some(signal), actions);
        self.ledger.signal = self.ledger.signal.or(Some(signal));
        if self.stage == Stage::Body {
            self.force(Status::forced(signal, self.rules.exit), actions);
        }
    }

    /// The function has ended, and with it a drain; only how it has ended is not known yet. That must not keep the others
    /// from the end, nor the end from coming.
    fn returned(&mut self, actions: &mut Vec<Action>) {
        self.returned = true;
        if self.stage == Stage::Run {
            if !self.requested {
                actions.push(Action::Arm(Deadline::Run));
            }
            self.conclude(End::Failed, actions);
        }
        if let Some((_, given_up)) = &mut self.given_up {
            // It has ended in time; the rest has a second afresh.
            *given_up = GivenUp::Told;
            actions.extend([Action::Arm(Deadline::GiveUp), Action::AbandonReport]);
        }
    }

    fn insisted(&mut self, signal: i32, actions: &mut Vec<Action>) {
        actions.push(Action::Disarm(Deadline::Explain));
        if self.returned {
            actions.push(Action::AbandonReport);
        }
        match self.stage {
            Stage::Run if self.draining => self.cancel(actions),
            Stage::Run => {
                let status = Status::forced(signal, self.rules.exit);
                match self.given_up {
                    None if self.returned => self.abandon_report(status, actions),
                    // It has been blocked ever since the request, or is no future.
                    None if !self.alive => self.force(status, actions),
                    None => {
                        self.ledger.signal = Some(signal);
                        self.give_up(status, actions);
                    }
                    Some((_, GivenUp::HeldBack)) => {}
                    Some((_, GivenUp::Told | GivenUp::Dropping)) => self.force(status, actions),
                }
                actions.push(Action::NameHolders);
            }
            // No shield is held any more; a reader that does not read must not keep us.
            Stage::Leaving => self.end(Status::forced(signal, self.rules.exit), actions),
            _ => actions.push(Action::NameHolders),
        }
    }

    fn cancel(&mut self, actions: &mut Vec<Action>) {
        self.draining = false;
        actions.extend([Action::Disarm(Deadline::Drain), Action::Cancel]);
    }

    fn give_up(&mut self, status: Status, actions: &mut Vec<Action>) {
        self.given_up = Some((status, GivenUp::Told));
        actions.extend([Action::Arm(Deadline::GiveUp), Action::GiveUp]);
    }

    /// What has failed has been printed for as long as there was time for it. Whoever prints hears of it, but not code of
    /// the user's that is called for it.
    fn abandon_report(&mut self, status: Status, actions: &mut Vec<Action>) {
        self.given_up = Some((status, GivenUp::Told));
        actions.extend([Action::Arm(Deadline::GiveUp), Action::AbandonReport]);
    }

    fn has_heard(&mut self, far: GivenUp, actions: &mut Vec<Action>) {
        if let Some((_, given_up)) = &mut self.given_up {
            *given_up = far;
            actions.push(Action::Disarm(Deadline::GiveUp));
        }
    }

    fn force(&mut self, status: Status, actions: &mut Vec<Action>) {
        self.stage = Stage::Force(status);
        actions.push(Action::AwaitAll);
    }

    /// The end of what the app's thread was doing, in whichever stage: it is one step behind
    /// when the stage has changed over its head.
    fn ended(&mut self, end: End, actions: &mut Vec<Action>) {
        let Some(step) = self.step.take() else {
            return;
        };
        self.returned = false;
        self.ledger.note(end);
        let went_well = matches!(end, End::Done);
        match (self.stage, step) {
            (Stage::Body, _) if went_well => {
                self.stage = Stage::Start;
                actions.push(Action::Arm(Deadline::Start));
                self.tell(Step::Start, actions);
            }
            (Stage::Body, _) => {
                self.conclude(end, actions);
                self.leave_shields(actions);
            }
            (Stage::Start, _) => {
                actions.extend([Deadline::Start, Deadline::GiveUp].map(Action::Disarm));
                if !went_well {
                    self.conclude(end, actions);
                    self.stop(Step::Rollback, actions);
                } else if self.requested {
                    self.settle(actions);
                } else {
                    self.stage = Stage::Run;
                    if self.rules.drains {
                        // Not before: what comes before `run` has nothing to drain, and may wait for the cancellation.
                        actions.push(Action::Drain);
                    }
                    self.tell(Step::Run, actions);
                }
            }
            (Stage::Run, _) => {
                actions.extend([Deadline::Run, Deadline::GiveUp].map(Action::Disarm));
                self.conclude(end, actions);
                self.settle(actions);
            }
            (Stage::Stop, _) => {
                actions.push(Action::Disarm(Deadline::Stop));
                self.leave_shields(actions);
            }
            (Stage::Exit, Step::ExitFunctions) => {
                let status = self.ledger.status(self.rules.exit);
                self.stage = Stage::Leaving;
                if self.asked {
                    // An end that has come about by itself waits for its reader, as every program does.
                    actions.push(Action::AbandonReport);
                }
                actions.push(Action::Leave(status));
            }
            _ => {}
        }
    }

    /// The shutdown begins by itself, where nobody has asked for it.
    fn conclude(&mut self, end: End, actions: &mut Vec<Action>) {
        let why = match end {
            End::Done | End::Code(_) => Began::Returned,
            End::Cancelled | End::Failed => Began::Failed,
            End::Panicked => Began::Panicked,
        };
        // Both: the request may have come first, and its drain be still under way.
        actions.push(Action::Begin(why));
        self.cancel(actions);
        if !self.requested {
            self.requested = true;
            actions.push(Action::Arm(Deadline::Whole));
        }
    }

    fn settle(&mut self, actions: &mut Vec<Action>) {
        self.stage = Stage::Settle;
        // What holds `stop` up is bounded by as much time as `stop` has, which then gets its
        // own afresh: an app that bounds all its phases must not hang between two of them.
        actions.extend([Action::Arm(Deadline::Stop), Action::AwaitHeld]);
    }

    fn stop(&mut self, step: Step, actions: &mut Vec<Action>) {
        self.stage = Stage::Stop;
        actions.push(Action::Arm(Deadline::Stop));
        self.tell(step, actions);
    }

    fn leave_shields(&mut self, actions: &mut Vec<Action>) {
        self.stage = Stage::Exit;
        actions.push(Action::AwaitAll);
    }

    fn tell(&mut self, step: Step, actions: &mut Vec<Action>) {
        self.step = Some(step);
        self.given_up = None;
        actions.push(Action::Do(step));
    }

    fn shields_clear(&mut self, actions: &mut Vec<Action>) {
        match self.stage {
            Stage::Settle => self.stop(Step::Stop, actions),
            Stage::Exit if self.step.is_none() => self.tell(Step::ExitFunctions, actions),
            Stage::Force(status) => self.end(status, actions),
            _ => {}
        }
    }

    fn expired(&mut self, deadline: Deadline, actions: &mut Vec<Action>) {
        match (deadline, self.stage) {
            (Deadline::Drain, Stage::Run) => self.cancel(actions),
            (Deadline::Explain, Stage::Start) => actions.push(Action::Explain),
            (Deadline::Explain, Stage::Run) if !self.returned => actions.push(Action::Explain),
            (Deadline::GiveUp, Stage::Start) if self.given_up.is_some() => {
                actions.push(Action::NameDeadline(Deadline::Start));
                self.end(Status::DEADLINE, actions);
            }
            (Deadline::GiveUp, Stage::Run) => {
                let Some((status, GivenUp::Told)) = self.given_up else {
                    return;
                };
                if self.returned && status == Status::DEADLINE {
                    actions.push(Action::NameDeadline(Deadline::Run));
                    if self.rules.bounds_stop {
                        actions.push(Action::Arm(Deadline::Stop));
                    }
                } else {
                    actions.push(Action::NameHolders);
                }
                if status == Status::DEADLINE && !self.rules.bounds_stop {
                    self.end(status, actions);
                } else {
                    self.force(status, actions);
                }
            }
            (Deadline::Drain | Deadline::GiveUp | Deadline::Explain, _) => {}
            (Deadline::Start, Stage::Start) | (Deadline::Run, Stage::Run) if self.returned => {
                if self.given_up.is_none() {
                    self.abandon_report(Status::DEADLINE, actions);
                }
            }
            (Deadline::Run, Stage::Run) if self.alive => {
                actions.push(Action::NameDeadline(deadline));
                self.ledger.overdue = true;
                if self.rules.bounds_stop {
                    // A shield may hold it back, for as long as `stop` may take, which comes after it.
                    actions.push(Action::Arm(Deadline::Stop));
                }
                if self.given_up.is_none() {
                    self.give_up(Status::DEADLINE, actions);
                }
            }
            // `stop` will not run, so its time goes to the shields that are held.
            (Deadline::Run, Stage::Run) if self.rules.bounds_stop => {
                actions.extend([Action::NameDeadline(deadline), Action::Arm(Deadline::Stop)]);
                self.force(Status::DEADLINE, actions);
            }
            (_, Stage::Force(status)) => {
                actions.push(Action::NameHolders);
                self.end(status, actions);
            }
            _ => {
                actions.push(Action::NameDeadline(deadline));
                self.end(Status::DEADLINE, actions);
            }
        }
    }

    fn end(&mut self, status: Status, actions: &mut Vec<Action>) {
        self.stage = Stage::Over;
        actions.push(Action::EndProcess(status));
    }

    fn gone(&mut self, actions: &mut Vec<Action>) {
        if self.stage != Stage::Leaving {
            // Not as it was told to: something of ours has panicked there.
            self.end(Status::PANIC, actions);
        }
    }

    fn foreign_exit(&mut self, actions: &mut Vec<Action>) {
        if matches!(self.stage, Stage::Force(_) | Stage::Leaving) {
            return;
        }
        self.stage = Stage::Foreign;
        // The phases are nobody's business any more.
        let phases = [
            Deadline::Start,
            Deadline::Run,
            Deadline::Stop,
            Deadline::GiveUp,
        ];
        actions.extend(phases.map(Action::Disarm));
        if !self.requested {
            self.requested = true;
            actions.push(Action::Arm(Deadline::Whole));
        }
    }
}

#[cfg(test)]
mod tests;
