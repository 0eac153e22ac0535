//! The state machine of an app: which actions follow from an event.
//!
//! The state machine is pure: it takes one event and returns a list of actions. The listener (`conductor.rs`) collects
//! the events and performs the actions. No thread, clock or descriptor appears here, so the tests can try every
//! sequence of events.
//!
//! Some words have a meaning of their own here:
//!
//! - The *body* is the user's own code in `main`, which runs before `start`.
//! - To *drain* is to go on serving between the request and the cancellation, so that clients can leave.
//! - The user *insists* by a further SIGINT, 100 ms or more after the last signal that was accepted.
//! - To *give up* `run` is to drop its future where it waits, or, where it is no future or blocks its thread, to give
//!   it one last second. If `run` ends by that, `stop` runs.
//! - To *force* the end is to end the process without running what is left, as soon as no shield is held.

use crate::signal::{Began, SIGINT};
use crate::status::{End, ExitPolicy, Ledger, Status};

mod action;
mod event;

pub(crate) use action::{Action, Deadline, Step};
pub(crate) use event::{Event, Turn};

/// The stage that the app has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The body of `main` runs. No resource was acquired yet, so a signal may end the process at once.
    Body,
    Start,
    Run,
    /// `run` has ended, or never began. `stop` waits for the shields that were held at that moment.
    Settle,
    /// `stop` runs, or the steps that undo a failed `start`.
    Stop,
    /// The app waits until no shield is held. Then the exit functions run.
    Exit,
    /// The end is forced, because `run` was given up and has not ended: the process ends with this status as soon as no
    /// shield is held.
    Force(Status),
    /// Some thread has called `std::process::exit`. That thread conducts the end, and not the app.
    Foreign,
    /// The app's thread is in `exit(3)`. The standard library flushes its streams, and the exit functions of C code are
    /// called; at a death by a signal only those that were registered after this library was used first.
    Leaving,
    /// The process is being ended. No event has a consequence any more.
    Over,
}

/// The app's options that change what follows from an event.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option that is set or is not"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rules {
    /// Whether there is time to drain between the request and the cancellation.
    pub(crate) drains: bool,
    /// Whether `run` is a future, which can be given up. A `run` on a thread cannot.
    pub(crate) droppable: bool,
    /// Whether the app has set `timeout(stop)`.
    pub(crate) bounds_stop: bool,
    /// Whether the second SIGINT ends the process from inside the handler: `force_after = 2`.
    pub(crate) forces_second: bool,
    pub(crate) exit: ExitPolicy,
}

/// What one more Ctrl-C does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextPress {
    /// To name what the app waits for, and nothing else.
    Names,
    EndsDrain,
    /// To have `run` dropped.
    DropsRun,
    /// To give `run` its last second.
    LastSecond,
    /// To end the process without `stop`, as soon as no shield is held.
    Forces,
    /// To end the process at once, shields or not.
    Kills,
}

/// The state of the state machine.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a thing that has happened or has not"
)]
#[derive(Debug, Clone)]
pub(crate) struct Lifecycle {
    rules: Rules,
    stage: Stage,
    /// The step that the app's thread runs now. `None` between two steps.
    step: Option<Step>,
    /// Whether the user's function in the current step has returned an `Err`, which is being printed.
    returned: bool,
    /// Whether the shutdown has begun, for whatever reason.
    requested: bool,
    /// Whether a signal or a call has asked for the end. Otherwise `run` has ended by itself.
    asked: bool,
    /// Whether the drain goes on: the request was made, and the cancellation has not followed yet.
    draining: bool,
    /// Whether the task of `run` was polled after the request.
    alive: bool,
    given_up: GivenUp,
    /// The component whose `stop` runs, if that has a limit of its own that has not passed.
    turn: Option<Turn>,
    ledger: Ledger,
}

/// How `run` was given up, or the printing of its error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct GivenUp {
    progress: Progress,
    /// Why `run` has to end. `None` if it has not, or if its grace is over and nothing else has happened.
    cause: Option<Cause>,
    /// Whether the grace of `run` was over before there was a cause.
    after_grace: bool,
}

/// Why `run` has to end. That says what the process ends with if `run` does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The user has insisted, which leads to this status.
    Insisted(Status),
    /// This deadline has passed.
    Passed(Deadline),
}

impl Cause {
    fn status(self) -> Status {
        match self {
            Cause::Insisted(status) => status,
            Cause::Passed(_) => Status::DEADLINE,
        }
    }
}

/// What has come of it that `run` was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Progress {
    #[default]
    NotGivenUp,
    /// The grace of `run` is over. Its task has a second to answer.
    GraceOver,
    /// The grace of `run` is over, and its task has not answered. So it blocks its thread.
    Blocked,
    /// The shields are waited for that were held when there was a cause. The last second begins when they have ended.
    Shielded,
    /// The last second of `run`, or of the `Debug` of its error.
    LastSecond,
    /// The task of `run` has answered: a shield is held in `run`, so `run` cannot be dropped yet.
    HeldBack,
    /// The task of `run` has answered: `run` is being dropped, for less than a second.
    Dropping,
    /// `run` is being dropped, for longer than a second.
    DroppingLong,
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
            given_up: GivenUp::default(),
            turn: None,
            ledger: Ledger::default(),
        }
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    /// What one more Ctrl-C does now. Only a user who has pressed it once asks for this.
    pub(crate) fn next_press(&self) -> NextPress {
        if self.rules.forces_second {
            return NextPress::Kills;
        }
        match (self.stage, self.given_up.progress) {
            (Stage::Run, _) if self.draining => NextPress::EndsDrain,
            (Stage::Run, Progress::NotGivenUp) if self.returned => NextPress::LastSecond,
            // A task that has not been polled since the request blocks its thread, as far as anybody can know.
            (Stage::Run, Progress::NotGivenUp | Progress::GraceOver)
                if self.rules.droppable && self.alive =>
            {
                NextPress::DropsRun
            }
            (Stage::Run, Progress::NotGivenUp | Progress::GraceOver | Progress::Blocked) => {
                NextPress::LastSecond
            }
            (Stage::Run, Progress::LastSecond | Progress::DroppingLong) | (Stage::Leaving, _) => {
                NextPress::Forces
            }
            _ => NextPress::Names,
        }
    }

    /// Whether the user's function in the current step has returned an `Err`, which is being printed.
    pub(crate) fn has_returned(&self) -> bool {
        self.returned
    }

    /// Whether the request was made, and `run` still drains.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining
    }

    /// Whether a signal or a call has asked for the end.
    pub(crate) fn is_asked(&self) -> bool {
        self.asked
    }

    /// Whether the shutdown has begun: it was requested, or `run` has ended by itself.
    pub(crate) fn is_stopping(&self) -> bool {
        self.requested
    }

    /// Takes an event, and returns the actions that follow from it, in the order in which to perform them.
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
            Event::HeldBack => self.give_up_answered(Progress::HeldBack, &mut actions),
            Event::Dropping => self.give_up_answered(Progress::Dropping, &mut actions),
            Event::Returned => self.returned(&mut actions),
            Event::RunEnded(end) => self.run_ended(end, &mut actions),
            Event::LimitsChanged {
                drains,
                bounds_stop,
            } => self.limits_changed(drains, bounds_stop, &mut actions),
            Event::TurnBegan(turn) if self.stage == Stage::Stop => {
                self.turn = Some(turn);
                actions.push(Action::Bound(turn.limit));
            }
            // After a foreign exit the process does not wait for the next component to stop.
            Event::TurnBegan(_) => {}
            Event::TurnEnded(number) => self.turn_ended(number, &mut actions),
            Event::Ended(end) => self.ended(end, &mut actions),
            Event::Gone => self.gone(&mut actions),
            Event::Asked(code) => self.ledger.asked = self.ledger.asked.or(Some(code)),
            Event::CallbackFailed => self.ledger.note(End::Failed),
            Event::CallbackPanicked => self.ledger.note(End::Panicked),
            Event::ShieldsClear => self.shields_clear(&mut actions),
            Event::Expired(deadline) => self.expired(deadline, &mut actions),
            Event::ForeignExit => self.foreign_exit(&mut actions),
            Event::ForeignShieldsClear => self.foreign_shields_clear(&mut actions),
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
            // The body has acquired nothing that `stop` would have to give back. So the signal ends the process, as it
            // would without this library.
            (Stage::Body, Some(signal)) => {
                self.force(Status::forced(signal, self.rules.exit), actions);
            }
            (Stage::Run, _) => {
                actions.extend([Deadline::Run, Deadline::Room].map(Action::Arm));
                if cancels {
                    actions.push(Action::Arm(Deadline::Grace));
                } else {
                    self.draining = true;
                    actions.push(Action::Arm(Deadline::Drain));
                }
            }
            _ => {}
        }
        actions.push(Action::Arm(Deadline::Whole));
        self.explain_later(signal, actions);
    }

    /// The limits are others than those with which the app was begun. This comes before the first phase.
    fn limits_changed(&mut self, drains: bool, bounds_stop: bool, actions: &mut Vec<Action>) {
        self.rules.drains = drains;
        self.rules.bounds_stop = bounds_stop;
        actions.push(Action::ChangeLimits);
        // A call in the body may have asked for the end. Then the new limit counts from here on.
        if self.requested {
            actions.push(Action::Arm(Deadline::Whole));
        }
    }

    /// Has the first Ctrl-C explained after a while. A program that has ended by then has nothing to explain.
    fn explain_later(&self, signal: Option<i32>, actions: &mut Vec<Action>) {
        if signal == Some(SIGINT) && matches!(self.stage, Stage::Start | Stage::Run) {
            actions.push(Action::Arm(Deadline::Explain));
        }
    }

    fn late_signal(&mut self, signal: i32, actions: &mut Vec<Action>) {
        self.asked = true;
        // The exit functions may have acted on the status already, so a signal does not change it any more.
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

    /// The user's function has returned an `Err`, which is being printed.
    ///
    /// The shutdown begins here, and not when the step ends: printing may block for as long as nobody reads standard
    /// error. Until then the other threads and tasks would go on as if nothing had failed, and no deadline would count.
    fn returned(&mut self, actions: &mut Vec<Action>) {
        self.returned = true;
        if self.stage != Stage::Run {
            return;
        }
        if !self.requested {
            actions.extend([Deadline::Run, Deadline::Room].map(Action::Arm));
        }
        self.begin_shutdown(End::Failed, actions);
        if let Some(cause) = self.given_up.cause {
            // `run` has ended before it was dropped. So the last second begins now, and is that of the `Debug` of the
            // error.
            self.abandon_report(cause, actions);
        } else {
            // A grace is one of `run`, and not of its error.
            self.given_up = GivenUp::default();
            actions.extend([Deadline::Grace, Deadline::GiveUp].map(Action::Disarm));
        }
    }

    /// `run` has ended, and its step goes on as long as a function that a signal has called.
    ///
    /// The shutdown begins here, and not when the step ends: otherwise that function would not hear of the end, and no
    /// deadline would bound it.
    fn run_ended(&mut self, end: End, actions: &mut Vec<Action>) {
        if self.stage != Stage::Run {
            return;
        }
        if !self.requested {
            let clocks = [Deadline::Run, Deadline::Room, Deadline::Grace];
            actions.extend(clocks.map(Action::Arm));
        }
        self.begin_shutdown(end, actions);
    }

    fn insisted(&mut self, signal: i32, actions: &mut Vec<Action>) {
        actions.push(Action::Disarm(Deadline::Explain));
        if self.returned {
            actions.push(Action::AbandonReport);
        }
        match self.stage {
            Stage::Run if self.draining => self.cancel_run(actions),
            Stage::Run => {
                let status = Status::forced(signal, self.rules.exit);
                let cause = Cause::Insisted(status);
                match self.given_up.progress {
                    Progress::NotGivenUp if self.returned => self.abandon_report(cause, actions),
                    Progress::NotGivenUp | Progress::GraceOver | Progress::Blocked => {
                        self.ledger.signal = Some(signal);
                        actions.push(Action::Arm(Deadline::Stop));
                        self.give_up(cause, actions);
                    }
                    Progress::HeldBack if self.given_up.cause.is_none() => {
                        self.ledger.signal = Some(signal);
                        actions.push(Action::Arm(Deadline::Stop));
                        self.given_up.cause = Some(cause);
                    }
                    // `run` goes on to `stop` as soon as shields let it, or as what it owns is dropped.
                    Progress::Shielded | Progress::HeldBack | Progress::Dropping => {}
                    Progress::LastSecond | Progress::DroppingLong => {
                        self.force_end_of_run(cause, actions);
                    }
                }
                actions.push(Action::NameHolders);
            }
            // No shield is held any more, and a flush may block on a stream that nobody reads. The user does not wait.
            Stage::Leaving => self.end_process(Status::forced(signal, self.rules.exit), actions),
            _ => actions.push(Action::NameHolders),
        }
    }

    /// Ends the drain, if there is one, and cancels `run`.
    fn cancel(&mut self, actions: &mut Vec<Action>) {
        self.draining = false;
        actions.extend([Action::Disarm(Deadline::Drain), Action::Cancel]);
    }

    /// Cancels `run`, whose grace begins.
    fn cancel_run(&mut self, actions: &mut Vec<Action>) {
        self.cancel(actions);
        actions.push(Action::Arm(Deadline::Grace));
    }

    /// Gives `run` up. If it does not end by that, the process ends.
    ///
    /// A task is told to drop `run`. Whatever `run` is, it has a last second to return, which begins when the shields
    /// are over that are held now: a thread that is in a shield, or waits for one that is, cannot return before.
    fn give_up(&mut self, cause: Cause, actions: &mut Vec<Action>) {
        let is_told = self.given_up.progress != Progress::NotGivenUp;
        self.given_up.progress = Progress::Shielded;
        self.given_up.cause = Some(cause);
        if self.rules.droppable && !is_told {
            actions.push(Action::GiveUp);
        }
        actions.push(Action::AwaitHeld);
    }

    /// The grace of `run` is over. That is no failure, so the task is told to drop `run`, and that is all.
    fn grace_is_over(&mut self, actions: &mut Vec<Action>) {
        if self.returned || self.given_up.progress != Progress::NotGivenUp {
            return;
        }
        self.given_up.progress = Progress::GraceOver;
        self.given_up.after_grace = true;
        actions.extend([Action::Arm(Deadline::GiveUp), Action::GiveUp]);
    }

    /// Lets no thread wait any longer until the error is printed.
    ///
    /// A thread that waits for the stream learns this at once, and the step ends. The `Debug` of the error, which is
    /// the user's code, learns nothing. So it has a last second: if the step has not ended by then, the process ends.
    fn abandon_report(&mut self, cause: Cause, actions: &mut Vec<Action>) {
        self.given_up.progress = Progress::LastSecond;
        self.given_up.cause = Some(cause);
        actions.extend([Action::Arm(Deadline::GiveUp), Action::AbandonReport]);
    }

    /// The task of `run` has answered that it was given up, so it does not block its thread. How long it takes from
    /// here on is bounded by the app's own deadlines.
    fn give_up_answered(&mut self, progress: Progress, actions: &mut Vec<Action>) {
        // The answer may come too late: the end is forced already.
        if self.stage != Stage::Run || self.given_up.progress == Progress::NotGivenUp {
            return;
        }
        self.given_up.progress = progress;
        if progress == Progress::Dropping {
            if self.given_up.after_grace {
                actions.push(Action::NameDropped);
            }
            // The user may insist once more, but not before this second is over: one who presses twice has not seen
            // that `run` is dropped.
            actions.push(Action::Arm(Deadline::GiveUp));
        } else {
            actions.push(Action::Disarm(Deadline::GiveUp));
        }
        self.unbound_shields(actions);
        if self.given_up.cause.is_some() {
            actions.push(Action::Arm(Deadline::Stop));
        }
    }

    /// Gives shields their time: as long as `stop`, or as long as `run`, where `stop` has no limit.
    fn bound_shields(&self, actions: &mut Vec<Action>) {
        actions.push(Action::Arm(if self.rules.bounds_stop {
            Deadline::Stop
        } else {
            Deadline::Run
        }));
    }

    /// Takes that time back, since `run` waits for these shields no longer. `timeout(run)` itself goes on, unless a
    /// limit of `run` has passed.
    fn unbound_shields(&self, actions: &mut Vec<Action>) {
        actions.push(Action::Disarm(Deadline::Stop));
        if self.ledger.overdue {
            actions.push(Action::Disarm(Deadline::Run));
        }
    }

    /// Ends the process as soon as no shield is held, since `run` was given up for this cause and has not ended.
    fn force_end_of_run(&mut self, cause: Cause, actions: &mut Vec<Action>) {
        actions.push(match cause {
            Cause::Passed(deadline) if self.returned => Action::NameDeadline(deadline),
            _ => Action::NameForced,
        });
        self.force(cause.status(), actions);
    }

    /// Ends the process with this status as soon as no shield is held.
    fn force(&mut self, status: Status, actions: &mut Vec<Action>) {
        self.stage = Stage::Force(status);
        self.bound_shields(actions);
        actions.push(Action::AwaitAll);
    }

    /// The current step of the app's thread has ended.
    ///
    /// The stage may be another one than that of the step: insisting, a deadline or `std::process::exit` changes it
    /// while the step is running. The step has no successor then.
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
                self.command(Step::Start, actions);
            }
            (Stage::Body, _) => {
                self.begin_shutdown(end, actions);
                self.begin_exit(actions);
            }
            (Stage::Start, _) => {
                actions.extend([Deadline::Start, Deadline::GiveUp].map(Action::Disarm));
                if !went_well {
                    self.begin_shutdown(end, actions);
                    self.begin_stop(Step::Rollback, actions);
                } else if self.requested {
                    self.await_held(actions);
                } else {
                    self.stage = Stage::Run;
                    if self.rules.drains {
                        // A request before this point cancels at once: nothing is served yet that would have to drain,
                        // and `start` may wait for the cancellation.
                        actions.push(Action::Drain);
                    }
                    self.command(Step::Run, actions);
                }
            }
            (Stage::Run, _) => {
                let clocks = [
                    Deadline::Run,
                    Deadline::Room,
                    Deadline::Grace,
                    Deadline::GiveUp,
                ];
                actions.extend(clocks.map(Action::Disarm));
                self.given_up = GivenUp::default();
                self.begin_shutdown(end, actions);
                self.await_held(actions);
            }
            (Stage::Stop, _) => {
                // Where the executor has lost the phases, a turn may not have ended by itself.
                self.turn = None;
                actions.extend([Deadline::Stop, Deadline::Turn].map(Action::Disarm));
                self.begin_exit(actions);
            }
            (Stage::Exit, Step::ExitFunctions) => {
                let status = self.ledger.status(self.rules.exit);
                self.stage = Stage::Leaving;
                if self.asked {
                    // Where nobody has asked for the end, the exit waits for a reader of standard error, as every
                    // program does.
                    actions.push(Action::AbandonReport);
                }
                actions.push(Action::Leave(status));
            }
            (Stage::Foreign, _) => disarm_phases(actions),
            _ => {}
        }
    }

    /// Begins the shutdown because a step has ended in this way, unless a request has begun it before.
    fn begin_shutdown(&mut self, end: End, actions: &mut Vec<Action>) {
        let why = match end {
            End::Done | End::Code(_) | End::Signal(_) => Began::Returned,
            End::Cancelled | End::Failed => Began::Failed,
            End::Panicked => Began::Panicked,
        };
        // The cancellation is a second action: if a request came first, `Begin` does nothing, and the drain of that
        // request may still go on. It ends here, since there is no `run` left that could drain.
        actions.push(Action::Begin(why));
        self.cancel(actions);
        if !self.requested {
            self.requested = true;
            actions.push(Action::Arm(Deadline::Whole));
        }
    }

    /// Waits for the shields that are held now, before `stop`.
    fn await_held(&mut self, actions: &mut Vec<Action>) {
        self.stage = Stage::Settle;
        // This wait has as much time as `stop`, and `stop` gets its own time again afterwards. Otherwise an app that
        // bounds every phase could hang between two of them.
        actions.extend([Action::Arm(Deadline::Stop), Action::AwaitHeld]);
    }

    /// Commands `stop`, or the rollback of a failed `start`.
    fn begin_stop(&mut self, step: Step, actions: &mut Vec<Action>) {
        self.stage = Stage::Stop;
        actions.push(Action::Arm(Deadline::Stop));
        self.command(step, actions);
    }

    /// Begins the exit: the exit functions run when no shield is held.
    fn begin_exit(&mut self, actions: &mut Vec<Action>) {
        self.stage = Stage::Exit;
        actions.push(Action::AwaitAll);
    }

    /// Commands the next step.
    fn command(&mut self, step: Step, actions: &mut Vec<Action>) {
        self.step = Some(step);
        self.given_up = GivenUp::default();
        actions.push(Action::Do(step));
    }

    fn shields_clear(&mut self, actions: &mut Vec<Action>) {
        match self.stage {
            Stage::Settle => self.begin_stop(Step::Stop, actions),
            Stage::Exit if self.step.is_none() => self.command(Step::ExitFunctions, actions),
            Stage::Force(status) => self.end_process(status, actions),
            Stage::Run if self.given_up.progress == Progress::Shielded => {
                self.given_up.progress = Progress::LastSecond;
                actions.push(Action::Arm(Deadline::GiveUp));
                self.unbound_shields(actions);
            }
            _ => {}
        }
    }

    fn expired(&mut self, deadline: Deadline, actions: &mut Vec<Action>) {
        match (deadline, self.stage) {
            (Deadline::Drain, Stage::Run) => self.cancel_run(actions),
            (Deadline::Grace, Stage::Run) => self.grace_is_over(actions),
            (Deadline::Explain, Stage::Start) => actions.push(Action::Explain),
            (Deadline::Explain, Stage::Run) if !self.returned => actions.push(Action::Explain),
            (Deadline::GiveUp, Stage::Start) if self.given_up.cause.is_some() => {
                actions.push(Action::NameDeadline(Deadline::Start));
                self.end_process(Status::DEADLINE, actions);
            }
            (Deadline::GiveUp, Stage::Run) => self.second_is_over(actions),
            (Deadline::Turn, _) => self.turn_is_overdue(actions),
            (Deadline::Start, Stage::Start) | (Deadline::Run | Deadline::Room, Stage::Run)
                if self.returned =>
            {
                if self.given_up.cause.is_none() {
                    self.abandon_report(Cause::Passed(deadline), actions);
                }
            }
            // Where `Run` comes a second time, it is the end of the time that shields have had.
            (Deadline::Run | Deadline::Room, Stage::Run) if !self.ledger.overdue => {
                self.run_is_overdue(deadline, actions);
            }
            (
                Deadline::Room
                | Deadline::Drain
                | Deadline::Grace
                | Deadline::GiveUp
                | Deadline::Explain,
                _,
            ) => {}
            (_, Stage::Force(status)) => {
                actions.push(Action::NameHolders);
                self.end_process(status, actions);
            }
            _ => {
                actions.push(Action::NameDeadline(deadline));
                self.end_process(Status::DEADLINE, actions);
            }
        }
    }

    /// The time of `run` is up, by this deadline.
    fn run_is_overdue(&mut self, deadline: Deadline, actions: &mut Vec<Action>) {
        self.ledger.overdue = true;
        // The first of the two counts. The other one would find `run` given up already.
        let clocks = [Deadline::Run, Deadline::Room];
        actions.extend(clocks.map(Action::Disarm));
        actions.push(Action::NameDeadline(deadline));
        match self.given_up.progress {
            Progress::NotGivenUp | Progress::GraceOver | Progress::Blocked => {
                self.bound_shields(actions);
                self.give_up(Cause::Passed(deadline), actions);
            }
            Progress::Shielded => self.bound_shields(actions),
            Progress::LastSecond => {}
            // `run` is known to end. What it waits for may take as long as `stop`.
            Progress::HeldBack | Progress::Dropping | Progress::DroppingLong => {
                let cause = &mut self.given_up.cause;
                *cause = cause.or(Some(Cause::Passed(deadline)));
                actions.push(Action::Arm(Deadline::Stop));
            }
        }
    }

    /// The `stop` of a component has ended, or was left behind.
    fn turn_ended(&mut self, number: u32, actions: &mut Vec<Action>) {
        if self.turn.is_some_and(|turn| turn.number == number) {
            self.turn = None;
            actions.push(Action::Disarm(Deadline::Turn));
        }
    }

    /// The `stop` of a component has taken too long. The others are stopped all the same.
    fn turn_is_overdue(&mut self, actions: &mut Vec<Action>) {
        if let Some(turn) = self.turn.take() {
            self.ledger.overdue = true;
            actions.extend([Action::NameTurn(turn), Action::LeaveBehind(turn.number)]);
        }
    }

    /// The second is over that a `run` has which was given up.
    fn second_is_over(&mut self, actions: &mut Vec<Action>) {
        match (self.given_up.progress, self.given_up.cause) {
            (Progress::LastSecond, Some(cause)) => self.force_end_of_run(cause, actions),
            (Progress::GraceOver, _) => {
                self.given_up.progress = Progress::Blocked;
                actions.push(Action::NameBlocked);
            }
            (Progress::Dropping, _) => self.given_up.progress = Progress::DroppingLong,
            _ => {}
        }
    }

    /// Ends the process at once.
    fn end_process(&mut self, status: Status, actions: &mut Vec<Action>) {
        self.stage = Stage::Over;
        actions.push(Action::EndProcess(status));
    }

    fn gone(&mut self, actions: &mut Vec<Action>) {
        if self.stage != Stage::Leaving {
            // The app's thread was not told to leave. So code of ours has panicked there, and no step can follow.
            self.end_process(Status::PANIC, actions);
        }
    }

    fn foreign_exit(&mut self, actions: &mut Vec<Action>) {
        if matches!(self.stage, Stage::Force(_) | Stage::Leaving) {
            return;
        }
        // The deadlines go on counting. The thread that has called `exit` waits for shields, such as that of the phase
        // under way, and some of these may never end.
        self.stage = Stage::Foreign;
        // These lead to `stop`, or to that of the next component, which the process does not wait for any more.
        let clocks = [Deadline::Room, Deadline::Grace, Deadline::Turn];
        actions.extend(clocks.map(Action::Disarm));
        self.turn = None;
        if !self.requested {
            self.requested = true;
            actions.push(Action::Arm(Deadline::Whole));
        }
    }

    fn foreign_shields_clear(&self, actions: &mut Vec<Action>) {
        if self.stage == Stage::Foreign {
            // What comes now is the exit functions. `deadline` alone bounds these, as after `stop`.
            disarm_phases(actions);
        }
    }
}

/// Stops the clocks of the phases. After a foreign exit no further phase begins.
fn disarm_phases(actions: &mut Vec<Action>) {
    let phases = [Deadline::Start, Deadline::Run, Deadline::Stop];
    actions.extend(phases.map(Action::Disarm));
}

#[cfg(test)]
mod tests;
