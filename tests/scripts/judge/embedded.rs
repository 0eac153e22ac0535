//! An app inside of a program that goes on after it: how it has ended, and what the program does next.

use super::facts::{Facts, Role, SLACK};
use crate::scripts::calls::Call;
use crate::scripts::play::{MILLISECOND, Seen, Status, Time};

/// How long a signal with its default action may take to end a process, on a busy machine.
const SOON: Time = 1_000 * MILLISECOND;

pub fn judge(facts: &Facts<'_>, wrong: &mut Vec<String>) {
    let outcomes = facts.outcomes();
    let (at, status) = outcomes[0];
    the_app(facts, at, status, wrong);
    let (last, status) = outcomes[outcomes.len() - 1];
    if outcomes.len() > 1 {
        the_second(facts, status, wrong);
    }
    the_program(facts, last, status, wrong);
}

/// The app has ended in its own time: each other way ends the process. What comes later is not its own.
fn the_app(facts: &Facts<'_>, at: Time, status: Status, wrong: &mut Vec<String>) {
    let mut marks = facts.seen.marks.clone();
    marks.retain(|mark| mark.at < at);
    let seen = Seen {
        ended: at,
        status,
        marks,
        ..facts.seen.clone()
    };
    let way = Facts::new(facts.case, &seen).in_its_own_time();
    let by_a_task = status == Status::Code(101) && lost_its_runtime(facts);
    if !way.statuses.contains(&status) && !by_a_task {
        wrong.push(format!(
            "`App::run` returns {status:?}, which is not among {:?}",
            way.statuses
        ));
    }
    wrong.extend(
        way.wrong
            .iter()
            .map(|one| format!("when `App::run` returns: {one}")),
    );
}

/// The second app has asked for its end itself. What was told to the first app is none of its business.
fn the_second(facts: &Facts<'_>, status: Status, wrong: &mut Vec<String>) {
    if !signals_from(facts, facts.outcomes()[0].0).is_empty() || lost_its_runtime(facts) {
        return;
    }
    let steps = facts.case.script.steps("z2");
    let exit = steps.iter().find(|step| step.verb == "exit");
    let code = exit.map(|step| i32::try_from(step.number()).expect("a status"));
    if Some(status) != code.map(Status::Code) {
        wrong.push(format!("the second app ends with {status:?}"));
    }
    let second: Vec<&Call> = facts.of(Role::Second).collect();
    let names: Vec<&str> = second.iter().map(|call| call.function.as_str()).collect();
    let all_well = second.iter().all(|call| call.how() == "ok");
    if names != ["z1", "z2", "z3"] || !all_well {
        wrong.push(format!("the second app has called {names:?}"));
    }
}

/// The program ends as the app has, by an exit. Signals have their default actions by then.
fn the_program(facts: &Facts<'_>, at: Time, status: Status, wrong: &mut Vec<String>) {
    let (seen, ended) = (facts.seen, facts.seen.ended);
    let killers = signals_from(facts, facts.outcomes()[0].0);
    if killers.contains(&seen.status) {
        return;
    }
    let has_second = facts.case.script.option("embedded") == Some("twice");
    // A second app takes signals, too, and ends the program by a limit that is its own.
    let late = seen.sent.iter().filter(|sent| sent.at > at);
    for sent in late.filter(|sent| sent.is_shutdown() && !has_second) {
        let taken = sent.taken.map(|taken| taken + SLACK + SOON);
        if taken.is_some_and(|taken| taken < ended) {
            wrong.push(format!(
                "{} after the app does not end the program",
                sent.signal
            ));
        }
    }
    let dying = facts.dying();
    let panics = facts.of(Role::Exit).any(|call| call.how() == "panic");
    let codes = dying
        .iter()
        .map(|(_, taken)| i32::try_from(taken.step.number()).expect("a status"));
    let mut allowed: Vec<Status> = codes.map(Status::Code).collect();
    if has_second && facts.outcomes().len() < 2 {
        // The second app has not ended: only what ends a process may have come between.
        allowed.extend(killers);
    } else {
        allowed.push(status);
    }
    if panics {
        allowed = vec![Status::Code(101)];
    }
    if !allowed.contains(&seen.status) {
        wrong.push(format!(
            "the program ends with {:?}, which is not among {allowed:?}",
            seen.status
        ));
    }
    if !dying.is_empty() {
        return;
    }
    // What begins when an async app ends loses its runtime. What had begun before, the app has waited for.
    let own =
        |call: &Call| !facts.is_async() || ![Role::Worker, Role::OnSignal].contains(&call.role());
    facts.regions_are_whole(wrong, own);
    facts.exit_functions(wrong, at);
    facts.after_all(wrong, own);
    for call in facts.of(Role::After).chain(facts.of(Role::Second)) {
        if call.how() != "ok" {
            wrong.push(format!("{} has not ended", call.name));
        }
    }
}

/// Whether a shielded task has lost its runtime, and so its timer, which may panic: it began as the app ended. Such a
/// panic counts for whichever app is there, or for the program.
fn lost_its_runtime(facts: &Facts<'_>) -> bool {
    let owned = |verb: &str| ["shielded", "lose"].contains(&verb);
    facts.is_async()
        && facts
            .regions()
            .any(|(_, region)| owned(&region.step.verb) && region.outside.is_none())
}

/// What the process may have died by: the signals that came when the app had its own handlers no more, or from then on.
fn signals_from(facts: &Facts<'_>, at: Time) -> Vec<Status> {
    let ended = facts.seen.ended;
    let sent = facts.seen.sent.iter();
    let late = sent.filter(|sent| sent.latest(ended) + SLACK >= at);
    late.map(|sent| Status::Signal(sent.signal as i32))
        .collect()
}
