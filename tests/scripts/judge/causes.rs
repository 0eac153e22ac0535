//! The request and the cancellation: when they may have come, when they must have, and who has seen them.

use std::collections::BTreeMap;

use aplomb_testing::Signal;

use super::facts::{Facts, Role, SLACK};
use crate::scripts::calls::{Call, Taken};
use crate::scripts::play::{MILLISECOND, Sent, Time};

/// How late a thread may be that was woken.
const SOON: Time = 300 * MILLISECOND;

/// How late the listener may be with a limit, on a busy machine.
const LATE: Time = 1_000 * MILLISECOND;

/// What has requested the shutdown.
#[derive(Debug, Clone, Copy)]
struct Cause {
    /// Before that, it has not.
    earliest: Time,
    /// After that, it has for certain.
    certain: Option<Time>,
}

/// Somebody has asked for the end, of which a call knows. From there on that is certain.
fn known_at(at: Time) -> Cause {
    Cause {
        earliest: Time::MAX,
        certain: Some(at),
    }
}

impl Facts<'_> {
    fn causes(&self) -> Vec<Cause> {
        let signals = self.shutdown_signals().map(|sent| Cause {
            earliest: sent.at,
            certain: self.accepted(sent),
        });
        let mut causes = self.causes_but_signals();
        causes.extend(signals);
        // What follows the app has another handle.
        let own = self.calls.iter().filter(|call| call.role() != Role::Second);
        causes.extend(own.filter_map(|call| call.requested).map(known_at));
        causes
    }

    /// Whether a call knew of the request by that time, which only a signal can have made.
    pub fn knows_of_a_signal(&self, by: Time) -> bool {
        let calls = self.calls.iter().filter(|call| call.role() != Role::Second);
        let known = calls.filter_map(|call| call.requested).min();
        let others = self.causes_but_signals();
        let others = others.iter().map(|cause| cause.earliest).min();
        known.is_some_and(|known| known < by && others.is_none_or(|other| other > known))
    }

    /// What the program has requested the shutdown by.
    fn causes_but_signals(&self) -> Vec<Cause> {
        let mut causes = Vec::new();
        // A child is another process, and what comes after the app has another handle.
        let others = [Role::Child, Role::After, Role::Second];
        let own = |call: &&Call| !others.contains(&call.role());
        for call in self.calls.iter().filter(own) {
            let asks = call
                .steps
                .iter()
                .filter(|taken| ["request", "exit"].contains(&taken.step.verb.as_str()));
            causes.extend(asks.map(|taken| Cause {
                earliest: taken.begin,
                certain: taken.ended(),
            }));
            if let Some(at) = asks_by_its_end(call) {
                causes.push(Cause {
                    earliest: at,
                    certain: None,
                });
            }
        }
        causes
    }

    /// Before that time there was no request.
    pub fn requested_earliest(&self) -> Option<Time> {
        let causes = self.causes();
        let earliest = causes.iter().map(|cause| cause.earliest).min();
        earliest.filter(|earliest| *earliest < Time::MAX)
    }

    /// After that time there was one.
    pub fn requested_certain(&self) -> Option<Time> {
        self.causes().iter().filter_map(|cause| cause.certain).min()
    }

    fn drain(&self) -> Time {
        self.case.script.number("drain").unwrap_or(0) * MILLISECOND
    }

    /// Before that time nothing was cancelled.
    pub fn cancelled_earliest(&self) -> Option<Time> {
        let requested = self.requested_earliest()?;
        let run = self.first_begin(Role::Run);
        // A request that comes before `run`, or at the same time as its beginning, cancels at once.
        if self.drain() == 0 || run.is_none_or(|run| requested <= run) {
            return Some(requested);
        }
        let insisting = self.insisting().into_iter().map(|sent| sent.at).min();
        let ended = self.last_end(Role::Run);
        let drained = Some(requested + self.drain() - MILLISECOND);
        [insisting, ended, drained].into_iter().flatten().min()
    }

    /// After that time the cancellation has come.
    pub fn cancelled_certain(&self) -> Option<Time> {
        let requested = self.requested_certain();
        if self.drain() == 0 {
            return requested;
        }
        let drained = requested.map(|requested| requested + self.drain() + LATE);
        let stopping = self.first_begin(Role::Stop);
        [drained, stopping].into_iter().flatten().min()
    }
}

/// When a call has ended whose end asks for the shutdown.
fn asks_by_its_end(call: &Call) -> Option<Time> {
    let asks = match call.role() {
        Role::Body | Role::Start | Role::Usr => ["err", "panic", "cancelled"].contains(&call.how()),
        Role::Run | Role::OnRequest | Role::OnSignal | Role::Undo | Role::Stop => true,
        Role::Worker => call.taken("hold").next().is_some(),
        Role::Exit | Role::Child | Role::Outcome | Role::After | Role::Second => false,
    };
    // A worker that holds a guard and was dropped with its runtime says nothing.
    call.ended().filter(|_| asks)
}

pub fn judge(facts: &Facts<'_>, wrong: &mut Vec<String>) {
    let (earliest, certain) = (facts.cancelled_earliest(), facts.cancelled_certain());
    for call in facts
        .calls
        .iter()
        .filter(|call| call.role() != Role::Second)
    {
        // Exit functions and what undoes a `start` are inside of a shield, as these phases are. The handle that the
        // body has is of no app.
        let masked = matches!(
            call.role(),
            Role::Start | Role::Stop | Role::Undo | Role::Exit | Role::Body | Role::After
        );
        for taken in &call.steps {
            // An unmasked handle looks through the shield of `start`.
            let masked = masked && !taken.step.verb.starts_with('u');
            match taken.step.verb.as_str() {
                "sleep" | "usleep" | "nap" | "check" | "ucheck" | "childwait" | "wait" => {}
                _ => continue,
            }
            let cancelled =
                taken.result() == "cancelled" || taken.step.verb == "wait" && taken.end.is_some();
            let at = facts.or_end(taken.ended());
            if cancelled && masked {
                wrong.push(format!(
                    "{}: `{}` is cancelled inside of a shield",
                    call.name, taken.step
                ));
            } else if cancelled && earliest.is_none_or(|earliest| earliest > at) {
                wrong.push(format!(
                    "{}: `{}` is cancelled, and nobody has asked",
                    call.name, taken.step
                ));
            }
            if taken.result() == "ok" && taken.step.verb != "wait" && !masked {
                missed(call, taken, certain, wrong);
            }
        }
    }
    requested_by_nobody(facts, wrong);
    begun_in_spite(facts, wrong);
    usr1(facts, wrong);
    counted(facts, wrong);
    on_signal(facts, wrong);
}

/// An interruption point that has seen nothing, although the cancellation had come.
fn missed(call: &Call, taken: &Taken, certain: Option<Time>, wrong: &mut Vec<String>) {
    let time = match taken.step.verb.as_str() {
        "sleep" | "usleep" | "nap" => taken.step.number() * MILLISECOND,
        _ => 0,
    };
    // A child may have ended at that very moment, and a timer may have been due.
    let nominal_end = taken.begin + time;
    let waits_for_child = taken.step.verb == "childwait";
    // One that is looked at late may find both its time over and the cancellation, and then the time counts.
    let had_come = |certain: Time| certain < taken.begin || certain + SOON < nominal_end;
    if !waits_for_child && certain.is_some_and(had_come) {
        wrong.push(format!(
            "{}: `{}` does not see the cancellation",
            call.name, taken.step
        ));
    }
}

/// A request that nobody has made, or that nobody sees although it was made.
fn requested_by_nobody(facts: &Facts<'_>, wrong: &mut Vec<String>) {
    let earliest = facts.requested_earliest();
    for call in facts
        .calls
        .iter()
        .filter(|call| call.role() != Role::Second)
    {
        let is_early = |at: Time| earliest.is_none_or(|earliest| earliest > at);
        if call.requested.is_some_and(is_early) {
            wrong.push(format!(
                "{} is told of a request, and nobody has asked",
                call.name
            ));
        }
    }
}

/// A phase that has begun although there was a request, or has not although there was none.
fn begun_in_spite(facts: &Facts<'_>, wrong: &mut Vec<String>) {
    let certain = facts.requested_certain();
    let mut before: Option<&Call> = facts.of(Role::Body).next();
    for part in &facts.parts {
        let start = facts.phase(part, "start");
        let ended = before.and_then(Call::ended);
        let late = certain.is_some_and(|certain| ended.is_some_and(|ended| certain < ended));
        if let (true, Some(start)) = (late, start) {
            wrong.push(format!(
                "{} begins although the end was asked for",
                start.name
            ));
        }
        before = start;
    }
    let last = facts.last_end(Role::Start);
    let late = certain.is_some_and(|certain| last.is_some_and(|last| certain < last));
    if let (true, Some(run)) = (late, facts.of(Role::Run).next()) {
        wrong.push(format!(
            "{} begins although the end was asked for",
            run.name
        ));
    }
}

/// The function of a signal is called after the signal, not more often than that came, and once more after the last
/// one.
fn usr1(facts: &Facts<'_>, wrong: &mut Vec<String>) {
    let sent: Vec<_> = facts
        .seen
        .sent
        .iter()
        .filter(|sent| sent.signal == Signal::SIGUSR1)
        .collect();
    let calls: Vec<&Call> = facts.of(Role::Usr).collect();
    for (position, call) in calls.iter().enumerate() {
        if sent.get(position).is_none_or(|sent| sent.at > call.begin) {
            wrong.push(format!("{} begins, and no signal has come", call.name));
        }
    }
    let Some(last) = sent.last() else { return };
    let (Some(run), Some(taken)) = (facts.first_begin(Role::Run), last.taken) else {
        return;
    };
    let run_ended = facts.of(Role::Run).filter_map(Call::ended).max();
    // In a task a `run` that blocks keeps it from being called, and in one that was given up none is.
    let may_block = facts.is_async() && facts.case.has("block");
    let busy: Time = calls
        .iter()
        .map(|call| facts.or_end(call.ended()) - call.begin)
        .sum();
    let due = run.max(taken + SLACK) + busy + SOON;
    let called = calls.iter().any(|call| call.begin >= last.at);
    if !called
        && !may_block
        && run_ended.is_some_and(|ended| ended > due)
        && facts.case.script.functions.contains_key("usr1")
    {
        wrong.push("usr1 is not called after its last signal".to_owned());
    }
}

/// Each signal is counted once, and none is told of that has not come.
fn counted(facts: &Facts<'_>, wrong: &mut Vec<String>) {
    let mut counts: BTreeMap<(&str, i32), u64> = BTreeMap::new();
    for call in &facts.calls {
        let Some((signal, count)) = call.told else {
            continue;
        };
        if count == 0 {
            wrong.push(format!("{} is told of no signal", call.name));
        }
        let told = counts.entry((&call.function, signal)).or_default();
        *told += count;
        let came = |sent: &&Sent| sent.signal as i32 == signal && sent.at <= call.begin;
        let sent = facts.seen.sent.iter().filter(came).count() as u64;
        if *told > sent {
            wrong.push(format!(
                "{}: the calls until then were told of {told} signals {signal}, and {sent} were sent",
                call.name
            ));
        }
    }
}

/// The functions of `on_signal` are called with each shutdown signal from their registration on, one after the other.
fn on_signal(facts: &Facts<'_>, wrong: &mut Vec<String>) {
    let all: Vec<&Call> = facts.of(Role::OnSignal).collect();
    for pair in all.windows(2) {
        if facts.or_end(pair[0].ended()) > pair[1].begin {
            wrong.push(format!("{} begins during {}", pair[1].name, pair[0].name));
        }
    }
    for call in all.iter().filter(|call| call.how() == "panic") {
        let again = |other: &&&Call| other.function == call.function && other.begin > call.begin;
        if let Some(again) = all.iter().find(again) {
            wrong.push(format!(
                "{} is called although {} has panicked",
                again.name, call.name
            ));
        }
    }
    for call in all {
        // A function that is called several times registers it anew.
        let steps = facts.calls.iter().flat_map(|call| call.taken("onsignal"));
        let registered = steps.filter(|taken| taken.step.object == call.function);
        let registered = facts.or_end(registered.map(|taken| taken.begin).min());
        // The process may have ended before the call has noted that.
        let Some((told, _)) = call.told else {
            continue;
        };
        let came = facts
            .shutdown_signals()
            .any(|sent| sent.signal as i32 == told && sent.latest(facts.seen.ended) >= registered);
        if !came {
            wrong.push(format!("{} is told of a signal of before", call.name));
        }
    }
}
