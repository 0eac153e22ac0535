//! What has happened, and what holds whatever way a program ends.

use aplomb_testing::Signal;

use crate::scripts::calls::{Call, Taken, calls};
use crate::scripts::case::Case;
use crate::scripts::play::{MILLISECOND, Seen, Sent, Status, Time};

/// How long after a signal was seen to be taken its handler may still be under way, on a busy machine.
pub const SLACK: Time = 50 * MILLISECOND;

/// After how long it surely has begun. What the program itself knows tells more where it looks.
const SURELY: Time = 400 * MILLISECOND;

/// How long a signal is the same request as the one before.
const SAME_REQUEST: Time = 100 * MILLISECOND;

pub struct Facts<'a> {
    pub case: &'a Case,
    pub seen: &'a Seen,
    pub calls: Vec<Call>,
    /// The parts of the app, as they precede the names of their functions.
    pub parts: Vec<String>,
}

/// What a function is for, as its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Body,
    Start,
    Run,
    Stop,
    Usr,
    Worker,
    Exit,
    OnRequest,
    OnSignal,
    Undo,
    Child,
    /// How an app has ended inside of a program, what that does next, and its second app.
    Outcome,
    After,
    Second,
}

pub fn role(function: &str) -> Role {
    let phase = function.rsplit('.').next().unwrap_or_default();
    match (phase, &phase[..1]) {
        ("body", _) => Role::Body,
        ("start", _) => Role::Start,
        ("run", _) => Role::Run,
        ("stop", _) => Role::Stop,
        ("usr1", _) => Role::Usr,
        ("outcome", _) => Role::Outcome,
        ("after", _) => Role::After,
        (_, "w") => Role::Worker,
        (_, "x") => Role::Exit,
        (_, "q") => Role::OnRequest,
        (_, "g") => Role::OnSignal,
        (_, "z") => Role::Second,
        (_, "c") => Role::Undo,
        (_, "k") => Role::Child,
        _ => panic!("{function} is no function of a script"),
    }
}

impl Call {
    pub fn role(&self) -> Role {
        role(&self.function)
    }
}

impl Sent {
    /// The latest time at which its handler has begun.
    pub fn latest(&self, ended: Time) -> Time {
        self.taken.map_or(ended, |taken| taken + SLACK)
    }

    pub fn is_shutdown(&self) -> bool {
        [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP].contains(&self.signal)
    }
}

impl<'a> Facts<'a> {
    pub fn new(case: &'a Case, seen: &'a Seen) -> Self {
        let calls = calls(seen, |function| case.script.steps(function).to_vec());
        let parts = case.script.parts();
        Self {
            case,
            seen,
            calls,
            parts,
        }
    }

    pub fn is_async(&self) -> bool {
        self.case.script.is_async()
    }

    pub fn of(&self, role: Role) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.role() == role)
    }

    /// The first call of the function of a part: there should be no second one.
    pub fn phase(&self, part: &str, phase: &str) -> Option<&Call> {
        let function = format!("{part}{phase}");
        self.calls.iter().find(|call| call.function == function)
    }

    /// The parts whose `start` has made something.
    pub fn started(&self) -> Vec<&str> {
        let parts = self.parts.iter().map(String::as_str);
        let started = |part: &&str| {
            self.phase(part, "start")
                .is_some_and(|call| call.how() == "ok")
        };
        parts.filter(started).collect()
    }

    pub fn is_complete(&self) -> bool {
        self.started().len() == self.parts.len()
    }

    /// Where a time lies in which something was going on that may not have ended.
    pub fn or_end(&self, time: Option<Time>) -> Time {
        time.unwrap_or(self.seen.ended)
    }

    pub fn first_begin(&self, role: Role) -> Option<Time> {
        self.of(role).map(|call| call.begin).min()
    }

    /// When the last call of a role had ended, if all of them have.
    pub fn last_end(&self, role: Role) -> Option<Time> {
        let ends: Option<Vec<Time>> = self.of(role).map(Call::ended).collect();
        ends?.into_iter().max()
    }

    /// All regions, each with its call.
    pub fn regions(&self) -> impl Iterator<Item = (&Call, &Taken)> {
        let calls = self.calls.iter();
        calls.flat_map(|call| call.regions().map(move |region| (call, region)))
    }

    /// The shutdown signals that were sent.
    pub fn shutdown_signals(&self) -> impl Iterator<Item = &Sent> {
        self.seen.sent.iter().filter(|sent| sent.is_shutdown())
    }

    /// Whether a signal was accepted for certain, and by when. One that was taken while the process was about to stop
    /// is handled when it goes on. One that came before the first mark may have come before the program was there, and
    /// have been ignored: tests that run in the background of a script have some ignored.
    pub fn accepted(&self, sent: &Sent) -> Option<Time> {
        let began = self.calls.first().map(|call| call.begin);
        let was_there = began.is_some_and(|began| began < sent.at);
        let taken = sent.taken.filter(|_| was_there)?;
        let stops = |other: &&Sent| other.signal == Signal::SIGSTOP && other.at < taken;
        let was_stopped = self.seen.sent.iter().any(|other| stops(&other));
        let goes_on = self
            .seen
            .sent
            .iter()
            .filter(|other| other.signal == Signal::SIGCONT);
        let goes_on = goes_on.map(|other| other.latest(self.seen.ended)).max();
        let handled = goes_on.filter(|_| was_stopped).unwrap_or(0).max(taken);
        Some(handled + SURELY)
    }

    /// The signals that may have been the first that was accepted.
    pub fn first_signals(&self) -> Vec<Signal> {
        let certain = self
            .shutdown_signals()
            .filter_map(|sent| self.accepted(sent));
        let earliest = certain.min().or(Some(self.seen.ended));
        let first = |sent: &&Sent| earliest.is_some_and(|earliest| sent.at <= earliest);
        self.shutdown_signals()
            .filter(first)
            .map(|sent| sent.signal)
            .collect()
    }

    /// Of the SIGINTs that may have been insisting, each.
    pub fn insisting(&self) -> Vec<&Sent> {
        let ended = self.seen.ended;
        let signals: Vec<_> = self.shutdown_signals().collect();
        let may = |position: &usize| {
            let (sent, before) = (signals[*position], &signals[..*position]);
            sent.signal == Signal::SIGINT
                && before
                    .iter()
                    .any(|other| sent.latest(ended) >= other.at + SAME_REQUEST)
        };
        let all = (0..signals.len()).filter(may);
        all.map(|position| signals[position]).collect()
    }

    /// How many SIGINTs may have been accepted, and how many were for certain.
    pub fn interrupts(&self) -> (u64, u64) {
        let ended = self.seen.ended;
        let first = self.first_signals();
        let is_interrupt = |signal: &Signal| *signal == Signal::SIGINT;
        // At the most: each that may be 100 ms or more behind the one before.
        let (mut most, mut before) = (0, None);
        for sent in self.shutdown_signals() {
            let is_apart = |before: Time| sent.latest(ended) >= before + SAME_REQUEST;
            if is_interrupt(&sent.signal) && before.is_none_or(is_apart) {
                most += 1;
                before = Some(sent.at);
            }
        }
        let mut least = u64::from(!first.is_empty() && first.iter().all(is_interrupt));
        let signals: Vec<_> = self.shutdown_signals().collect();
        let (first, others) = signals.split_at(first.len());
        let mut last_latest = first
            .iter()
            .map(|sent| sent.latest(ended))
            .max()
            .unwrap_or(0);
        for sent in others {
            let latest = sent.latest(ended);
            let surely = is_interrupt(&sent.signal) && sent.at >= last_latest + SAME_REQUEST;
            if surely && !sent.merged && self.accepted(sent).is_some() {
                least += 1;
            }
            last_latest = latest;
        }
        (most, least)
    }

    /// How the apps inside of the program have ended, and when.
    pub fn outcomes(&self) -> Vec<(Time, Status)> {
        let outcomes = self.of(Role::Outcome);
        let ended = |call: &Call| Some((call.begin, call.status?));
        outcomes.filter_map(ended).collect()
    }

    /// The steps that call `process::exit`, with their calls, in the order in which they were begun.
    pub fn dying(&self) -> Vec<(&Call, &Taken)> {
        let calls = self.calls.iter();
        let steps = calls.flat_map(|call| call.taken("die").map(move |taken| (call, taken)));
        let mut steps: Vec<_> = steps.collect();
        steps.sort_by_key(|(_, taken)| taken.begin);
        steps
    }

    /// What holds whatever way the program ends.
    pub fn always(&self, wrong: &mut Vec<String>) {
        for call in &self.calls {
            self.once(call, wrong);
            for taken in &call.steps {
                if taken.unmasked {
                    wrong.push(format!(
                        "{}: a request is seen inside of `{}`",
                        call.name, taken.step
                    ));
                }
                let forked = taken.forked.as_deref();
                let expected = match taken.step.verb.as_str() {
                    "fork" => format!(",{})", taken.step.object),
                    _ => ",SIGTERM,false)".to_owned(),
                };
                if forked.is_some_and(|forked| !forked.contains(&expected)) {
                    wrong.push(format!("{}: `{}` led to {forked:?}", call.name, taken.step));
                }
            }
        }
        self.order(wrong);
    }

    /// A function is called once, unless it is told of signals, which is called once at a time.
    fn once(&self, call: &Call, wrong: &mut Vec<String>) {
        let same = |other: &&Call| other.function == call.function && other.begin > call.begin;
        for other in self.calls.iter().filter(same) {
            if call.role() == Role::Outcome {
                continue;
            }
            if ![Role::Usr, Role::OnSignal].contains(&call.role()) {
                wrong.push(format!("{} is called a second time", call.function));
            } else if call.ended().is_none_or(|ended| ended > other.begin) {
                wrong.push(format!("{} begins during {}", other.name, call.name));
            }
        }
    }

    /// Body, start, run, stop and exit functions follow each other.
    fn order(&self, wrong: &mut Vec<String>) {
        let mut sequence: Vec<&Call> = self.of(Role::Body).collect();
        let phase = |part: &String, phase| self.phase(part, phase);
        sequence.extend(self.parts.iter().filter_map(|part| phase(part, "start")));
        let runs = self
            .parts
            .iter()
            .filter_map(|part| phase(part, "run"))
            .collect::<Vec<_>>();
        let stops = self
            .parts
            .iter()
            .rev()
            .filter_map(|part| phase(part, "stop"))
            .collect::<Vec<_>>();
        let mut follow = |before: &[&Call], after: &[&Call]| {
            for first in before {
                for next in after {
                    if first.ended().is_none_or(|ended| ended > next.begin) {
                        wrong.push(format!(
                            "{} begins before {} has ended",
                            next.name, first.name
                        ));
                    }
                }
            }
        };
        for (position, call) in sequence.iter().enumerate() {
            follow(&[*call], &sequence[position + 1..]);
        }
        follow(&sequence, &runs);
        follow(&sequence, &stops);
        follow(&runs, &stops);
        for (position, call) in stops.iter().enumerate() {
            follow(&[*call], &stops[position + 1..]);
        }
        // A function of a signal is called in `run`.
        let usr: Vec<&Call> = self.of(Role::Usr).collect();
        follow(&sequence, &usr);
        follow(&usr, &stops);
        // What failed or was not begun leads to nothing further.
        let mut complete = true;
        for part in &self.parts {
            let start = phase(part, "start");
            if start.is_some() && !complete {
                wrong.push(format!(
                    "{part}start is called although one before it has not succeeded"
                ));
            }
            complete &= start.is_some_and(|call| call.how() == "ok");
        }
        if let (false, Some(run)) = (complete, runs.first().or(usr.first())) {
            wrong.push(format!(
                "{} is called although not all have started",
                run.name
            ));
        }
        for part in &self.parts {
            let started = phase(part, "start").is_some_and(|call| call.how() == "ok");
            if phase(part, "stop").is_some() && !started {
                wrong.push(format!(
                    "{part}stop is called although {part}start has not succeeded"
                ));
            }
        }
    }
}
