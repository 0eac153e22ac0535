//! All sequences of events, up to a length, against what must never happen.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::*;

const INT: i32 = 2;
const TERM: i32 = 15;

/// What can happen in principle. Which of these can happen now, [`World`] knows.
const EVENTS: [Event; 38] = [
    BY_INT,
    BY_CALL,
    Event::LateSignal(TERM),
    Event::Insisted(INT),
    Event::Alive,
    Event::HeldBack,
    Event::Dropping,
    Event::Returned,
    Event::RunEnded(End::Done),
    Event::LimitsChanged {
        drains: true,
        bounds_stop: true,
    },
    Event::Ended(End::Done),
    Event::Ended(End::Code(3)),
    Event::Ended(End::Cancelled),
    Event::Ended(End::Failed),
    Event::Ended(End::Panicked),
    Event::CallbackFailed,
    Event::CallbackPanicked,
    Event::ShieldsClear,
    Event::Expired(Deadline::Start),
    Event::Expired(Deadline::Run),
    Event::Expired(Deadline::Stop),
    Event::TurnBegan(TURN),
    Event::TurnEnded(TURN.number),
    Event::Expired(Deadline::Turn),
    Event::Expired(Deadline::Whole),
    Event::Expired(Deadline::Room),
    Event::Expired(Deadline::Drain),
    Event::Expired(Deadline::Grace),
    Event::Expired(Deadline::GiveUp),
    Event::Expired(Deadline::Explain),
    Event::ForeignExit,
    Event::ForeignShieldsClear,
    Event::Asked(7),
    // A second time: the request of other kinds, and insisting again.
    BY_TERM,
    with_drain(BY_INT),
    with_drain(BY_CALL),
    with_drain(BY_TERM),
    Event::LateSignal(INT),
];

/// A component whose `stop` has a limit of its own.
const TURN: Turn = Turn {
    number: 0,
    component: "cache",
    limit: Duration::from_secs(5),
};

/// Requests that cancel at once.
const BY_INT: Event = requested(Some(INT));
const BY_TERM: Event = requested(Some(TERM));
const BY_CALL: Event = requested(None);

const fn requested(signal: Option<i32>) -> Event {
    Event::Requested {
        signal,
        cancels: true,
    }
}

/// The request, where it leaves time to drain.
const fn with_drain(request: Event) -> Event {
    match request {
        Event::Requested { signal, .. } => Event::Requested {
            signal,
            cancels: false,
        },
        other => other,
    }
}

/// The lifecycle together with what surrounds it: a thread that does what it is told, clocks,
/// a barrier. It only lets happen what can, and checks every action.
#[allow(clippy::struct_excessive_bools, reason = "a log of what was seen")]
#[derive(Debug, Clone)]
struct World {
    lifecycle: Lifecycle,
    doing: Option<Step>,
    returned: bool,
    /// Whether `run` has ended, although its step goes on.
    run_ended: bool,
    armed: Vec<Deadline>,
    /// Whether the turn of the component goes on. `None` means that it has not begun.
    turn: Option<bool>,
    /// Whether the barrier is up, and whether it waits for all.
    awaiting: Option<bool>,
    /// The steps that were done, and how they ended.
    done: Vec<(Step, End)>,
    signal_seen: bool,
    requested: bool,
    began: bool,
    cancelled: bool,
    insisted: bool,
    /// Whether the task of `run` was polled since the request.
    alive: bool,
    /// Whether it was told to give `run` up, and how far it is with that.
    told: bool,
    held_back: bool,
    dropping: bool,
    /// The signal that `run` was given up by, or its deadline.
    insisted_by: Option<i32>,
    /// Whether the app has set `deadline`.
    bounds_whole: bool,
    /// How far it is with the end of a `run` that was given up.
    end_of_run: EndOfRun,
    /// Whether there is another reason for it than a grace.
    has_to_end: bool,
    /// The status if it does not come.
    forced: Status,
    overdue: bool,
    expired: Option<Deadline>,
    callback_failed: bool,
    callback_panicked: bool,
    foreign: bool,
    foreign_clear: bool,
    /// Whether code has asked for a status.
    asked: bool,
    /// Whether the body has changed the limits.
    limits_changed: bool,
    /// Whether a request leaves time to drain.
    drains: bool,
    over: Option<Action>,
    shields_were_clear: bool,
    signals: Vec<i32>,
    /// Whether the request was there when `start` ended.
    requested_in_start: bool,
    /// Whether a signal came before the body had ended.
    signalled_in_body: bool,
}

/// How far it is with the end of a `run` that was given up. Written from the contract, not from the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EndOfRun {
    NotAsked,
    /// The shields that were held then have not ended.
    AfterShields,
    LastSecond,
    /// Only the grace of `run` is over.
    GraceOver,
    Blocked,
    HeldBack,
    Dropping,
    DroppingLong,
    /// The end has not come, so the process ends without `stop`.
    Forced,
}

impl World {
    fn new(rules: Rules) -> Self {
        World {
            lifecycle: Lifecycle::new(rules),
            doing: Some(Step::Body),
            returned: false,
            run_ended: false,
            armed: Vec::new(),
            turn: None,
            awaiting: None,
            done: Vec::new(),
            signal_seen: false,
            requested: false,
            began: false,
            cancelled: false,
            insisted: false,
            alive: false,
            told: false,
            held_back: false,
            dropping: false,
            insisted_by: None,
            bounds_whole: true,
            end_of_run: EndOfRun::NotAsked,
            has_to_end: false,
            forced: Status::Code(0),
            overdue: false,
            expired: None,
            callback_failed: false,
            callback_panicked: false,
            foreign: false,
            foreign_clear: false,
            asked: false,
            limits_changed: false,
            drains: false,
            over: None,
            shields_were_clear: false,
            signals: Vec::new(),
            requested_in_start: false,
            signalled_in_body: false,
        }
    }

    fn can(&self, event: Event) -> bool {
        if let Some(Action::EndProcess(_)) = self.over {
            return false;
        }
        match event {
            // One that leaves time may come only in `run`; one that was made just before may be seen there, too.
            Event::Requested { cancels, .. } => !self.began && (cancels || self.drains),
            Event::LateSignal(_) => self.began && !self.signal_seen,
            Event::Insisted(_) => self.signal_seen,
            Event::Alive => {
                let can_tell = self.lifecycle.rules.droppable && self.requested;
                can_tell && !self.alive && self.doing == Some(Step::Run)
            }
            // The task reports that it is alive before that.
            Event::HeldBack => self.can_answer() && !self.held_back,
            Event::Dropping => self.can_answer(),
            Event::Returned => self.doing.is_some() && !self.returned && !self.dropping,
            Event::RunEnded(_) => {
                let runs = self.doing == Some(Step::Run) && !self.returned && !self.dropping;
                runs && !self.run_ended
            }
            Event::LimitsChanged { .. } => {
                self.doing == Some(Step::Body) && !self.returned && !self.limits_changed
            }
            Event::TurnBegan(_) => {
                matches!(self.doing, Some(Step::Stop | Step::Rollback)) && self.turn.is_none()
            }
            Event::TurnEnded(_) => self.turn == Some(true),
            Event::Ended(end) => match self.doing {
                None => false,
                Some(_) if self.turn == Some(true) => false,
                Some(Step::Run) if self.dropping => {
                    matches!(end, End::Cancelled | End::Panicked)
                }
                // These two end well or with a panic; the others in all ways.
                Some(Step::ExitFunctions) => matches!(end, End::Done | End::Panicked),
                Some(Step::Rollback) => !matches!(end, End::Code(_) | End::Cancelled),
                Some(Step::Body | Step::Start) => {
                    !matches!(end, End::Code(_)) && (end != End::Cancelled || self.began)
                }
                Some(Step::Run | Step::Stop) => end != End::Cancelled || self.began,
            },
            // Signals call functions in `run`; that one has failed may be seen when that has ended.
            Event::CallbackFailed => self.ran(Step::Run) > 0 && !self.callback_failed,
            Event::CallbackPanicked => !self.callback_panicked,
            Event::ShieldsClear => self.awaiting.is_some(),
            Event::Expired(deadline) => self.armed.contains(&deadline),
            Event::ForeignExit => !self.foreign,
            Event::ForeignShieldsClear => self.foreign && !self.foreign_clear,
            Event::Asked(_) => !self.asked && !self.is_leaving(),
            // That takes a fault of ours, and has a test of its own.
            Event::Gone => false,
        }
    }

    fn happen(&mut self, event: Event) {
        let stage = self.lifecycle.stage();
        match event {
            Event::Requested { signal, cancels } => {
                self.began = true;
                self.requested = true;
                self.cancelled |= cancels;
                self.note_signal(signal);
            }
            Event::LateSignal(signal) => self.note_signal(Some(signal)),
            Event::Insisted(signal) => {
                self.insisted = true;
                if stage == Stage::Run && self.doing == Some(Step::Run) && self.cancelled {
                    self.insist_on_end_of_run(signal);
                }
            }
            Event::Alive => self.alive = true,
            Event::HeldBack => {
                self.held_back = true;
                if stage == Stage::Run {
                    self.end_of_run = EndOfRun::HeldBack;
                }
            }
            Event::Dropping => {
                self.dropping = true;
                if stage == Stage::Run {
                    self.end_of_run = EndOfRun::Dropping;
                }
            }
            Event::Returned => {
                self.returned = true;
                if stage == Stage::Run && self.end_of_run != EndOfRun::NotAsked {
                    // What is left is the `Debug` of the error. A grace is none of that.
                    self.end_of_run = if self.has_to_end {
                        EndOfRun::LastSecond
                    } else {
                        EndOfRun::NotAsked
                    };
                }
            }
            Event::RunEnded(_) => self.run_ended = true,
            Event::TurnBegan(_) => self.turn = Some(true),
            Event::TurnEnded(_) => self.turn = Some(false),
            Event::LimitsChanged { .. } => self.limits_changed = true,
            Event::Ended(end) => {
                let step = self.doing.take().unwrap();
                self.returned = false;
                self.requested_in_start |= step == Step::Start && self.requested;
                self.done.push((step, end));
            }
            Event::CallbackFailed => self.callback_failed = true,
            Event::CallbackPanicked => self.callback_panicked = true,
            Event::ShieldsClear => {
                self.shields_were_clear = true;
                self.awaiting = None;
                if stage == Stage::Run && self.end_of_run == EndOfRun::AfterShields {
                    self.end_of_run = EndOfRun::LastSecond;
                }
            }
            Event::Expired(deadline) => {
                self.armed.retain(|&armed| armed != deadline);
                self.overdue |= deadline == Deadline::Turn;
                if !matches!(
                    deadline,
                    Deadline::Turn
                        | Deadline::Drain
                        | Deadline::Grace
                        | Deadline::GiveUp
                        | Deadline::Explain
                ) {
                    self.expired = Some(deadline);
                }
                if stage == Stage::Run && self.doing == Some(Step::Run) {
                    self.run_is_out_of_time(deadline);
                }
            }
            Event::ForeignExit => self.foreign = true,
            Event::ForeignShieldsClear => self.foreign_clear = true,
            Event::Asked(_) => self.asked = true,
            Event::Gone => {}
        }
        for action in self.lifecycle.on(event) {
            self.check(action, event, stage);
        }
        let forces = matches!(self.lifecycle.stage(), Stage::Force(_));
        if forces && !self.signalled_in_body {
            assert_eq!(self.end_of_run, EndOfRun::Forced, "{self:?}");
            assert_eq!(self.lifecycle.stage(), Stage::Force(self.forced));
        }
        self.check_next_press();
        if self.foreign_clear && self.lifecycle.stage() == Stage::Foreign {
            let phases = [
                Deadline::Start,
                Deadline::Run,
                Deadline::Stop,
                Deadline::Turn,
            ];
            let bounds_phase = |armed| phases.contains(armed);
            assert!(!self.armed.iter().any(bounds_phase), "{self:?}");
        }
    }

    fn insist_on_end_of_run(&mut self, signal: i32) {
        match self.end_of_run {
            EndOfRun::NotAsked if self.returned => {
                self.end_of_run = EndOfRun::LastSecond;
                self.has_to_end = true;
                self.forced = Status::Signal(signal);
            }
            EndOfRun::NotAsked | EndOfRun::GraceOver | EndOfRun::Blocked => {
                self.end_of_run = EndOfRun::AfterShields;
                self.has_to_end = true;
                self.insisted_by = Some(signal);
                self.forced = Status::Signal(signal);
            }
            EndOfRun::HeldBack if !self.has_to_end => {
                self.has_to_end = true;
                self.insisted_by = Some(signal);
                self.forced = Status::Signal(signal);
            }
            EndOfRun::LastSecond | EndOfRun::DroppingLong => {
                self.end_of_run = EndOfRun::Forced;
                self.forced = Status::Signal(signal);
            }
            EndOfRun::AfterShields | EndOfRun::HeldBack | EndOfRun::Dropping | EndOfRun::Forced => {
            }
        }
    }

    fn run_is_out_of_time(&mut self, deadline: Deadline) {
        match (deadline, self.end_of_run) {
            (Deadline::GiveUp, EndOfRun::LastSecond) => self.end_of_run = EndOfRun::Forced,
            (Deadline::GiveUp, EndOfRun::Dropping) => self.end_of_run = EndOfRun::DroppingLong,
            (Deadline::GiveUp, EndOfRun::GraceOver) => self.end_of_run = EndOfRun::Blocked,
            (Deadline::Grace, EndOfRun::NotAsked) if !self.returned => {
                self.end_of_run = EndOfRun::GraceOver;
            }
            (
                Deadline::Run | Deadline::Room,
                EndOfRun::NotAsked | EndOfRun::GraceOver | EndOfRun::Blocked,
            ) => {
                self.has_to_end = true;
                self.end_of_run = if self.returned {
                    EndOfRun::LastSecond
                } else {
                    EndOfRun::AfterShields
                };
                self.forced = Status::DEADLINE;
            }
            _ => {}
        }
        if matches!(deadline, Deadline::Run | Deadline::Room) && !self.has_to_end {
            self.has_to_end = true;
            self.forced = Status::DEADLINE;
        }
        self.overdue |= matches!(deadline, Deadline::Run | Deadline::Room) && !self.returned;
    }

    /// What is said of the next Ctrl-C is what it does.
    fn check_next_press(&self) {
        let stage = self.lifecycle.stage();
        if !matches!(stage, Stage::Start | Stage::Run) {
            return;
        }
        let next = self.lifecycle.next_press();
        let mut pressed = self.lifecycle.clone();
        let actions = pressed.on(Event::Insisted(INT));
        let forces = matches!(pressed.stage(), Stage::Force(_));
        let given_up = pressed.given_up.progress != self.lifecycle.given_up.progress;
        let blocks = !self.alive || self.end_of_run == EndOfRun::Blocked;
        let (cancels, drops) = (
            actions.contains(&Action::Cancel),
            given_up && !blocks && !self.returned,
        );
        let does = if forces {
            NextPress::Forces
        } else if cancels {
            NextPress::EndsDrain
        } else if drops {
            NextPress::DropsRun
        } else if given_up {
            NextPress::LastSecond
        } else {
            NextPress::Names
        };
        assert_eq!(next, does, "{self:?}");
    }

    /// Whether the task of `run` may answer that it was given up.
    fn can_answer(&self) -> bool {
        self.told && self.alive && !self.dropping && self.is_running()
    }

    fn is_leaving(&self) -> bool {
        matches!(self.over, Some(Action::Leave(_)))
    }

    fn is_running(&self) -> bool {
        self.doing == Some(Step::Run) && !self.returned
    }

    fn note_signal(&mut self, signal: Option<i32>) {
        self.signal_seen |= signal.is_some();
        if self.doing != Some(Step::ExitFunctions) {
            self.signals.extend(signal);
        }
        self.signalled_in_body |= signal.is_some() && self.doing == Some(Step::Body);
    }

    fn ran(&self, step: Step) -> usize {
        let done = self.done.iter().filter(|(done, _)| *done == step).count();
        done + usize::from(self.doing == Some(step))
    }

    fn ended(&self, step: Step) -> Option<End> {
        let found = self.done.iter().find(|(done, _)| *done == step);
        found.map(|&(_, end)| end)
    }

    fn check(&mut self, action: Action, event: Event, before: Stage) {
        if let Some(Action::Leave(_)) = self.over {
            self.check_while_leaving(action, event);
            return;
        }
        assert!(self.over.is_none(), "{action:?} after the end: {self:?}");
        match action {
            Action::Do(step) => {
                assert_eq!(self.doing, None, "two steps at once: {self:?}");
                assert_eq!(self.ran(step), 0, "{step:?} twice: {self:?}");
                assert!(!self.foreign, "a step while the process leaves: {self:?}");
                self.check_order(step);
                self.doing = Some(step);
            }
            Action::Begin(_) => {
                self.began = true;
            }
            Action::Drain => {
                assert_eq!(self.ran(Step::Run), 0, "{self:?}");
                assert!(!self.began, "a drain for a request before it: {self:?}");
                self.drains = true;
            }
            Action::ChangeLimits => {
                assert_eq!(self.doing, Some(Step::Body), "too late: {self:?}");
            }
            Action::Cancel => {
                assert!(self.began, "cancelled without a request: {self:?}");
                self.cancelled = true;
            }
            Action::Arm(deadline) => {
                self.armed.retain(|&armed| armed != deadline);
                let is_set = match deadline {
                    Deadline::Stop => self.lifecycle.rules.bounds_stop,
                    Deadline::Whole | Deadline::Room => self.bounds_whole,
                    Deadline::Grace => self.lifecycle.rules.droppable,
                    _ => true,
                };
                self.armed.extend(is_set.then_some(deadline));
            }
            Action::Disarm(deadline) => self.armed.retain(|&armed| armed != deadline),
            Action::Bound(limit) => {
                assert_eq!(limit, TURN.limit);
                self.armed.push(Deadline::Turn);
            }
            Action::NameTurn(turn) => assert_eq!(turn, TURN),
            Action::LeaveBehind(number) => {
                assert_eq!((number, self.turn), (TURN.number, Some(true)), "{self:?}");
            }
            Action::AwaitHeld => self.awaiting = Some(false),
            Action::AwaitAll => {
                assert_ne!(
                    self.doing,
                    Some(Step::Stop),
                    "the gate closes in stop: {self:?}"
                );
                self.awaiting = Some(true);
            }
            Action::GiveUp => {
                let droppable = self.lifecycle.rules.droppable;
                assert!(droppable && !self.told, "{self:?}");
                let asked = self.insisted || self.overdue || self.end_of_run == EndOfRun::GraceOver;
                assert!(asked, "given up unasked: {self:?}");
                self.told = true;
            }
            Action::Explain => {
                let stage = self.lifecycle.stage();
                assert!(matches!(stage, Stage::Start | Stage::Run), "{self:?}");
                assert!(!(stage == Stage::Run && self.returned), "{self:?}");
            }
            Action::AbandonReport => {
                let leaving = self.lifecycle.stage() == Stage::Leaving;
                assert!(self.returned || leaving, "{self:?}");
            }
            Action::NameDropped => {
                assert!(self.dropping, "{self:?}");
            }
            Action::NameBlocked => assert_eq!(self.end_of_run, EndOfRun::Blocked),
            Action::NameHolders | Action::NameForced | Action::NameDeadline(_) => {}
            Action::Leave(status) => {
                self.over = Some(action);
                assert!(self.ended(Step::ExitFunctions).is_some());
                assert_eq!(status, self.expected_status(), "{self:?}");
            }
            Action::EndProcess(status) => {
                self.over = Some(action);
                self.check_forced(status, event, before);
            }
        }
    }

    /// The app's thread is on its way out: the process ends sooner, or nothing changes.
    fn check_while_leaving(&mut self, action: Action, event: Event) {
        match action {
            Action::EndProcess(status) => {
                match event {
                    Event::Insisted(signal) => assert_eq!(status, Status::Signal(signal)),
                    Event::Expired(_) => assert_eq!(status, Status::DEADLINE),
                    _ => panic!("{event:?} ends a process that is leaving: {self:?}"),
                }
                self.over = Some(action);
            }
            Action::NameDeadline(_) => assert!(matches!(event, Event::Expired(_))),
            Action::AbandonReport => {
                assert!(matches!(event, Event::LateSignal(_) | Event::Insisted(_)));
            }
            Action::Disarm(_) => {}
            _ => panic!("{action:?} while leaving: {self:?}"),
        }
    }

    fn check_order(&self, step: Step) {
        let start = self.ended(Step::Start);
        match step {
            Step::Body => panic!("the body is not told to begin"),
            Step::Start => {
                assert_eq!(self.ended(Step::Body), Some(End::Done));
                assert!(
                    self.signals.is_empty(),
                    "start after a signal in the body: {self:?}"
                );
            }
            Step::Run => {
                assert_eq!(start, Some(End::Done));
                assert!(!self.requested, "run after a request in start: {self:?}");
            }
            Step::Stop => {
                assert!(
                    self.cancelled,
                    "others wait for it while stop waits for them: {self:?}"
                );
                assert_eq!(start, Some(End::Done), "stop without a state: {self:?}");
                assert!(self.ended(Step::Run).is_some() || self.requested_in_start);
                assert!(
                    self.shields_were_clear,
                    "stop while a shield is held: {self:?}"
                );
            }
            Step::Rollback => {
                assert!(self.cancelled);
                assert!(!matches!(start, None | Some(End::Done)));
                assert_eq!(self.ran(Step::Run) + self.ran(Step::Stop), 0);
            }
            Step::ExitFunctions => {
                assert_eq!(self.awaiting, None, "exit functions while shields are held");
                match start {
                    Some(End::Done) => assert!(self.ended(Step::Stop).is_some(), "{self:?}"),
                    Some(_) => assert!(self.ended(Step::Rollback).is_some(), "{self:?}"),
                    None => assert!(self.ended(Step::Body).is_some()),
                }
            }
        }
    }

    /// Written from the contract's section 5, not from the code.
    fn expected_status(&self) -> Status {
        let any = |wanted: End| self.done.iter().any(|&(_, end)| end == wanted);
        if self.overdue {
            Status::DEADLINE
        } else if self.callback_panicked || any(End::Panicked) {
            Status::Code(101)
        } else if self.callback_failed || any(End::Failed) {
            Status::Code(1)
        } else if any(End::Code(3)) {
            Status::Code(3)
        } else if self.asked {
            Status::Code(7)
        } else if let Some(signal) = self.insisted_by.or(self.signals.first().copied()) {
            Status::Signal(signal)
        } else {
            Status::Code(0)
        }
    }

    fn check_forced(&self, status: Status, event: Event, before: Stage) {
        match status {
            Status::DEADLINE => assert!(self.expired.is_some(), "{self:?}"),
            Status::Signal(_) => {
                assert!(
                    self.signalled_in_body || self.end_of_run == EndOfRun::Forced,
                    "died unasked: {self:?}"
                );
                assert!(!self.signals.is_empty());
                assert_eq!(
                    self.ran(Step::Stop) + self.ran(Step::Rollback),
                    0,
                    "{self:?}"
                );
                assert!(matches!(before, Stage::Force(_)));
            }
            Status::Code(_) => panic!("ends the process for no reason: {self:?}"),
        }
        // A shield is cut by a deadline alone.
        let clear = event == Event::ShieldsClear;
        assert!(
            clear || matches!(event, Event::Expired(_)),
            "cut by {event:?}: {self:?}"
        );
    }
}

fn explore(world: &World, left: usize, visited: &mut usize) {
    *visited += 1;
    if left == 0 {
        return;
    }
    for event in EVENTS {
        if world.can(event) {
            let mut next = world.clone();
            next.happen(event);
            explore(&next, left - 1, visited);
        }
    }
}

fn all_rules() -> impl Iterator<Item = Rules> {
    (0..8).map(|bits| Rules {
        drains: bits & 1 != 0,
        bounds_stop: bits & 2 != 0,
        droppable: bits & 4 != 0,
        forces_second: false,
        exit: ExitPolicy::Signal,
    })
}

#[test]
fn all_sequences_of_six() {
    let mut visited = 0;
    for rules in all_rules() {
        explore(&World::new(rules), 6, &mut visited);
    }
    // So that the test cannot pass by exploring nothing.
    assert!(visited > 100_000, "only {visited} states");
}

/// From `run` on, six more: the way there takes three events already.
#[test]
fn all_sequences_of_six_from_run_on() {
    let mut visited = 0;
    for rules in all_rules() {
        let mut world = World::new(rules);
        world.happen(Event::Ended(End::Done));
        world.happen(Event::Ended(End::Done));
        assert_eq!(world.lifecycle.stage(), Stage::Run);
        explore(&world, 6, &mut visited);
    }
    assert!(visited > 100_000, "only {visited} states");
}

/// The app's thread ends when it was told to, or by a fault of ours, which must not become a hang.
#[test]
fn a_thread_that_is_gone_ends_the_process() {
    let mut lifecycle = Lifecycle::new(Rules::default());
    let actions = lifecycle.on(Event::Gone);
    assert_eq!(actions, [Action::EndProcess(Status::PANIC)]);
}

/// A component that has taken too long in `stop` is left behind once. One whose turn is over is not.
#[test]
fn a_turn_that_takes_too_long() {
    let mut world = requested_run();
    let rest = [
        Event::Ended(End::Done),
        Event::ShieldsClear,
        Event::Ended(End::Done),
    ];
    for event in [
        Event::Ended(End::Done),
        Event::ShieldsClear,
        Event::TurnBegan(TURN),
    ] {
        world.happen(event);
    }
    let mut ended = world.clone();
    ended.happen(Event::TurnEnded(TURN.number));
    assert!(!ended.can(Event::Expired(Deadline::Turn)));
    let mut foreign = world.clone();
    foreign.happen(Event::ForeignExit);
    assert!(!foreign.can(Event::Expired(Deadline::Turn)));
    let expired = Event::Expired(Deadline::Turn);
    let actions = world.lifecycle.clone().on(expired);
    assert_eq!(actions, [Action::NameTurn(TURN), Action::LeaveBehind(0)]);
    world.happen(expired);
    assert_eq!(world.lifecycle.on(expired), []);
    world.happen(Event::TurnEnded(TURN.number));
    for (mut world, status) in [(world, Status::DEADLINE), (ended, Status::Signal(TERM))] {
        for event in rest {
            world.happen(event);
        }
        assert_eq!(world.over, Some(Action::Leave(status)));
    }
}

/// The first status counts that code asks for.
#[test]
fn the_first_that_is_asked_for() {
    let mut lifecycle = Lifecycle::new(Rules::default());
    for code in [7, 8] {
        lifecycle.on(Event::Asked(code));
    }
    assert_eq!(lifecycle.ledger.asked, Some(7));
}

/// Whatever happens, an app whose phases end and whose shields end gets to its own end.
#[test]
fn nothing_hangs() {
    fn finish(mut world: World) {
        for _ in 0..20 {
            if world.over.is_some() {
                return;
            }
            let next = [
                Event::TurnEnded(TURN.number),
                Event::ShieldsClear,
                Event::Ended(End::Done),
                Event::Ended(End::Cancelled),
            ];
            match next.into_iter().find(|&event| world.can(event)) {
                Some(event) => world.happen(event),
                None => break,
            }
        }
        assert!(world.over.is_some() || world.foreign, "hangs: {world:?}");
    }
    fn explore(world: &World, left: usize) {
        finish(world.clone());
        for event in EVENTS {
            if left > 0 && world.can(event) {
                let mut next = world.clone();
                next.happen(event);
                explore(&next, left - 1);
            }
        }
    }
    for rules in all_rules() {
        explore(&World::new(rules), 5);
    }
}

/// From the request in the `run` of an async app on, six more.
#[test]
fn all_sequences_of_six_from_the_request_on() {
    let mut visited = 0;
    for rules in all_rules().filter(|rules| rules.droppable) {
        for request in [BY_INT, BY_CALL] {
            let mut world = World::new(rules);
            world.happen(Event::Ended(End::Done));
            world.happen(Event::Ended(End::Done));
            world.happen(request);
            world.happen(Event::Alive);
            explore(&world, 6, &mut visited);
        }
    }
    assert!(visited > 100_000, "only {visited} states");
}

/// An app of tasks, in `run`, requested by SIGINT.
fn requested_run() -> World {
    let mut world = World::new(Rules {
        droppable: true,
        ..Rules::default()
    });
    for event in [Event::Ended(End::Done), Event::Ended(End::Done), BY_TERM] {
        world.happen(event);
    }
    world
}

#[test]
fn insisting_drops_a_run_that_is_alive() {
    let mut world = requested_run();
    for event in [
        Event::Alive,
        Event::Insisted(INT),
        Event::Dropping,
        Event::Ended(End::Cancelled),
        Event::ShieldsClear,
        Event::Ended(End::Done),
        Event::ShieldsClear,
        Event::Ended(End::Done),
    ] {
        assert!(world.can(event), "{event:?}: {world:?}");
        world.happen(event);
    }
    assert_eq!(world.over, Some(Action::Leave(Status::Signal(INT))));
}

/// A `run` that does not answer, be it of threads or of a task that blocks its thread.
#[test]
fn insisting_gives_run_a_last_second() {
    let forced = Stage::Force(Status::Signal(INT));
    for droppable in [false, true] {
        let asked = || {
            let mut world = requested_run();
            world.lifecycle.rules.droppable = droppable;
            world.happen(Event::Insisted(INT));
            world
        };
        // Shields come first. A press meanwhile names them.
        let mut world = asked();
        world.happen(Event::Insisted(INT));
        assert!(!world.can(Event::Expired(Deadline::GiveUp)));
        world.happen(Event::ShieldsClear);
        assert_eq!(world.lifecycle.stage(), Stage::Run);
        let second = world.clone();
        world.happen(Event::Expired(Deadline::GiveUp));
        assert_eq!(world.lifecycle.stage(), forced);
        // A press ends the second.
        let mut world = second.clone();
        world.happen(Event::Insisted(INT));
        assert_eq!(world.lifecycle.stage(), forced);
        // A `run` that ends is followed by `stop`.
        for mut world in [second, asked()] {
            for event in [
                Event::Ended(End::Cancelled),
                Event::ShieldsClear,
                Event::Ended(End::Done),
                Event::ShieldsClear,
                Event::Ended(End::Done),
            ] {
                assert!(world.can(event), "{event:?}: {world:?}");
                world.happen(event);
            }
            assert_eq!(world.over, Some(Action::Leave(Status::Signal(INT))));
        }
    }
}

/// Who presses twice has not seen that `run` is dropped.
#[test]
fn a_press_while_run_is_dropped_counts_a_second_later() {
    let mut world = requested_run();
    for event in [Event::Alive, Event::Insisted(INT), Event::Dropping] {
        world.happen(event);
    }
    world.happen(Event::Insisted(INT));
    assert_eq!(world.lifecycle.stage(), Stage::Run);
    world.happen(Event::Expired(Deadline::GiveUp));
    assert_eq!(world.lifecycle.stage(), Stage::Run);
    world.happen(Event::Insisted(INT));
    assert_eq!(world.lifecycle.stage(), Stage::Force(Status::Signal(INT)));
}

#[test]
fn insisting_does_not_cut_a_shield_that_holds_run_back() {
    let mut world = requested_run();
    for event in [Event::Alive, Event::Insisted(INT), Event::HeldBack] {
        world.happen(event);
    }
    for _ in 0..3 {
        world.happen(Event::Insisted(INT));
        assert_eq!(world.lifecycle.stage(), Stage::Run);
    }
}

#[test]
fn insisting_skips_the_drain_and_then_gives_up() {
    let rules = Rules {
        drains: true,
        ..Rules::default()
    };
    let mut world = World::new(rules);
    for _ in 0..2 {
        world.happen(Event::Ended(End::Done));
    }
    world.happen(with_drain(BY_INT));
    assert!(!world.cancelled);
    world.happen(Event::Insisted(INT));
    assert!(world.cancelled && world.end_of_run == EndOfRun::NotAsked);
    world.happen(Event::Insisted(INT));
    assert_eq!(world.end_of_run, EndOfRun::AfterShields);
}

/// An `Err` that is looked at for ever, since its `Debug` does not end: the limits end the app all the same, and so
/// does the user who insists on the end of `run`.
#[test]
fn an_error_that_is_never_looked_at_to_the_end() {
    fn events(world: &World) -> impl Iterator<Item = Event> + use<> {
        let limits = world.armed.clone().into_iter().map(Event::Expired);
        limits.chain(
            world
                .can(Event::ShieldsClear)
                .then_some(Event::ShieldsClear),
        )
    }
    let well = Event::Ended(End::Done);
    let ways: [&[Event]; 5] = [
        &[well],
        &[well, BY_TERM],
        &[well, well],
        &[well, well, BY_TERM],
        &[well, well, BY_TERM, well, Event::ShieldsClear],
    ];
    for rules in all_rules() {
        for way in ways {
            let mut world = World::new(rules);
            for &event in way {
                world.happen(event);
            }
            world.happen(Event::Returned);
            let in_run = world.doing == Some(Step::Run);
            for _ in 0..10 {
                if let Some(event) = events(&world).next() {
                    world.happen(event);
                }
            }
            let ended = Some(Action::EndProcess(Status::DEADLINE));
            assert_eq!(world.over, ended, "{way:?}: {world:?}");
            assert!(!in_run || world.ran(Step::Stop) == 0, "{world:?}");
        }
        let mut world = World::new(rules);
        for event in [well, well, BY_INT, Event::Returned, Event::Insisted(INT)] {
            world.happen(event);
        }
        assert_eq!(world.lifecycle.stage(), Stage::Run, "it has a second");
        world.happen(Event::Expired(Deadline::GiveUp));
        world.happen(Event::ShieldsClear);
        let ended = Some(Action::EndProcess(Status::Signal(INT)));
        assert_eq!(world.over, ended, "{world:?}");
    }
}

/// All states that can be reached, by any number of events.
fn all_states(rules: Rules, bounds_whole: bool) -> Vec<World> {
    // How a step has ended, beyond whether it went well, changes nothing but the status.
    let is_the_same = |event: &Event| {
        matches!(
            event,
            Event::Ended(End::Code(_) | End::Cancelled | End::Panicked)
                | Event::CallbackFailed
                | Event::CallbackPanicked
                | Event::Asked(_)
                | Event::LateSignal(TERM)
        )
    };
    let mut world = World::new(rules);
    world.bounds_whole = bounds_whole;
    let (mut known, mut states, mut next) = (HashSet::new(), Vec::new(), vec![world]);
    while let Some(world) = next.pop() {
        if known.insert(world.position()) {
            for event in EVENTS {
                if !is_the_same(&event) && world.can(event) {
                    let mut after = world.clone();
                    after.happen(event);
                    next.push(after);
                }
            }
            states.push(world);
        }
    }
    states
}

impl World {
    /// What decides on all that can happen from here on.
    fn position(&self) -> String {
        let mut armed = self.armed.clone();
        armed.sort_by_key(|&deadline| deadline as usize);
        format!(
            "{:?}",
            (
                &self.lifecycle,
                armed,
                (self.doing, self.returned, self.awaiting, self.turn),
                (self.end_of_run, self.has_to_end),
                (self.alive, self.told, self.held_back, self.dropping),
                (self.began, self.requested, self.cancelled, self.drains),
                (self.signal_seen, self.foreign, self.over),
            )
        )
    }

    fn has_ended(&self) -> bool {
        matches!(self.over, Some(Action::EndProcess(_)))
    }

    /// Checks that the process ends when nothing happens any more but that the time of limits is up, in any order.
    ///
    /// `known` has the states that were looked at, and whether that was done to the end.
    fn ends_by_its_limits(&self, known: &mut HashMap<String, bool>) {
        if self.has_ended() {
            return;
        }
        match known.insert(self.position(), false) {
            Some(true) => {
                known.insert(self.position(), true);
                return;
            }
            Some(false) => panic!("limits follow each other for ever: {self:?}"),
            None => {}
        }
        assert!(!self.armed.is_empty(), "hangs for ever: {self:?}");
        for &deadline in &self.armed {
            let mut next = self.clone();
            next.happen(Event::Expired(deadline));
            if let (Stage::Force(status), Some(end)) = (self.lifecycle.stage(), next.over) {
                assert_eq!(end, Action::EndProcess(status));
            }
            next.ends_by_its_limits(known);
        }
        known.insert(self.position(), true);
    }
}

/// Whatever it is that never ends, in whichever state that is: the limits of the app end the process. The statuses are
/// checked at each event.
#[test]
fn every_state_has_a_way_out() {
    let mut count = 0;
    for rules in all_rules().filter(|rules| rules.bounds_stop) {
        let mut known = HashMap::new();
        for world in all_states(rules, true) {
            let stops = world.lifecycle.is_stopping() || world.began;
            if stops {
                world.ends_by_its_limits(&mut known);
                count += 1;
            }
        }
    }
    assert!(count > 10_000, "only {count} states");
}

/// Until `stop` has ended the limits of the phases alone do that.
#[test]
fn every_state_up_to_stop_has_a_way_out_by_the_limits_of_phases() {
    for rules in all_rules().filter(|rules| rules.bounds_stop) {
        let mut known = HashMap::new();
        for world in all_states(rules, false) {
            let bounded = match world.lifecycle.stage() {
                Stage::Start | Stage::Run | Stage::Settle | Stage::Stop | Stage::Force(_) => true,
                Stage::Body | Stage::Exit | Stage::Foreign | Stage::Leaving | Stage::Over => false,
            };
            if bounded && world.lifecycle.is_stopping() {
                world.ends_by_its_limits(&mut known);
            }
        }
    }
}
