//! What was printed: whole, and true.

use super::facts::{Facts, Role};
use crate::scripts::calls::Call;
use crate::scripts::play::{Line, MILLISECOND, Status, Time};

/// How long a line may lie in a pipe before the test has read it, and how old what it says may be.
const STALE: Time = 1_000 * MILLISECOND;

pub fn judge(facts: &Facts<'_>, wrong: &mut Vec<String>) {
    for line in &facts.seen.stderr {
        if let Some(problem) = problem(facts, line) {
            wrong.push(format!("{problem}: {:?}", line.text));
        }
    }
    for call in &facts.calls {
        for taken in call.taken("print").filter(|taken| taken.end.is_some()) {
            let position = call
                .steps
                .iter()
                .position(|other| std::ptr::eq(other, taken));
            let lines = (0..taken.step.number())
                .map(|line| format!("{} {} {line}\n", call.name, position.unwrap_or_default()));
            let text: String = lines.collect();
            let found = text
                .lines()
                .all(|line| facts.seen.stdout.lines().any(|other| other == line));
            if !found {
                wrong.push(format!(
                    "{}: what `{}` has printed is lost",
                    call.name, taken.step
                ));
            }
        }
    }
}

/// What is wrong with a line of standard error.
fn problem(facts: &Facts<'_>, line: &Line) -> Option<&'static str> {
    let text = line.text.as_str();
    let named = |how: &str| {
        let calls = facts.calls.iter();
        calls.filter(|call| call.how() == how).any(|call| {
            text.contains(&format!("{};", call.name))
                || text.contains(&format!("\"{}\"", call.name))
        })
    };
    if let Some(rest) = text.strip_prefix("aplomb: ") {
        return ours(facts, rest, line);
    }
    if let Some(error) = text.strip_prefix("Error: ") {
        let panicked = error
            .split_once("` has panicked in `")
            .is_some_and(|(component, phase)| {
                let part = component.strip_prefix("component `").unwrap_or_default();
                let call = facts.phase(&format!("{part}."), phase.trim_end_matches('`'));
                call.is_some_and(|call| call.how() == "panic")
            });
        return (!panicked && !named("err")).then_some("no such error");
    }
    if text.starts_with("panic of ") {
        return (!named("panic")).then_some("no such panic");
    }
    if text.starts_with("shield `") && text.contains("was cut: its future was dropped half-way") {
        return (!drops_regions(facts)).then_some("no region was to be dropped");
    }
    let of_a_lost_runtime = [
        "A Tokio 1.x context was found, but it is being shutdown",
        "the runtime has ended under a shielded task, whose result is lost",
    ];
    if of_a_lost_runtime.iter().any(|line| text.starts_with(line)) {
        return (!drops_regions(facts)).then_some("no runtime was to end");
    }
    let of_a_panic =
        text.is_empty() || text.starts_with("thread '") || text.starts_with("note: run with");
    (!of_a_panic).then_some("nobody prints that")
}

/// Whether a line before this one says that `run` is given up, or the user has insisted on that.
fn was_given_up(facts: &Facts<'_>, line: &Line) -> bool {
    let mut before = facts.seen.stderr.iter().filter(|other| other.at <= line.at);
    let says = |other: &Line| {
        let text = other.text.as_str();
        text.starts_with("aplomb: deadline of ") && text.contains(" for `stop`: ")
            || text.starts_with("aplomb: timeout(run) of ")
    };
    before.any(says) || !facts.insisting().is_empty()
}

/// Whether the status is one that a limit may have led to; that of `process::exit` counts more.
fn is_overdue(facts: &Facts<'_>) -> bool {
    let by_a_limit = Status::Code(124) == facts.seen.status;
    let forced = matches!(facts.seen.status, Status::Code(128..) | Status::Signal(_));
    by_a_limit || forced || !facts.dying().is_empty()
}

/// Whether regions may be dropped: those that begin when an app ends inside of a program. They go with its runtime.
fn drops_regions(facts: &Facts<'_>) -> bool {
    facts.is_async() && facts.is_embedded()
}

/// What is wrong with a line of the library's.
fn ours(facts: &Facts<'_>, text: &str, line: &Line) -> Option<&'static str> {
    let at = line.at;
    if text.contains("was cut: its future was dropped half-way") {
        return (!drops_regions(facts)).then_some("no region was to be dropped");
    }
    if let Some(rest) = text.strip_prefix("waiting for shield `") {
        let name = rest.split('`').next().unwrap_or_default();
        return (!held(facts, name, at)).then_some("no such shield was held");
    }
    if let Some(what) = text.strip_prefix("waiting for ") {
        return (!goes_on(facts, what, at)).then_some("nothing like that goes on");
    }
    if text.starts_with("`run` was dropped after its grace of ") {
        let dropped = facts
            .of(Role::Run)
            .any(|call| ["dropped", "panic"].contains(&call.how()));
        return (!dropped || !facts.has_had_its_grace()).then_some("that is not so");
    }
    if text.starts_with("`run` blocks its thread, and cannot be dropped after its grace of ") {
        return (!facts.has_had_its_grace()).then_some("the grace is not over");
    }
    if text.starts_with("deadline of ") && text.ends_with("for `stop`: `run` has not ended") {
        let is_said = facts.case.script.room().is_some() && goes_on(facts, "`run`", at);
        let overdue = is_overdue(facts);
        return (!is_said || !overdue).then_some("that is not so");
    }
    if let Some((limit, what)) = text.split_once(" has passed: ") {
        // `timeout(run) of 300ms`, `deadline of 1s`
        let name = limit.split(" of ").next().unwrap_or_default();
        let option = name.replace('(', "-").replace(')', "");
        if facts.case.script.number(&option).is_none() {
            return Some("no such limit");
        }
        let what = what.trim_end_matches(" has not ended");
        if ["`start`", "`run`", "`stop`"].contains(&what) && !goes_on(facts, what, at) {
            return Some("that has ended");
        }
        if name == "deadline" && what == "`run`" && !was_given_up(facts, line) {
            return Some("nothing was kept for `stop`");
        }
        let overdue = is_overdue(facts);
        return (!overdue).then_some("the status says otherwise");
    }
    if text.starts_with("`run` has not ended in the second that it had left") {
        let stops = facts.of(Role::Stop).next().is_some();
        return (stops || !goes_on(facts, "`run`", at)).then_some("that is not so");
    }
    if text.starts_with("SIGINT: ") {
        return Some("this is no terminal");
    }
    None
}

/// Whether what the library waits for was going on, not long before the line was read.
fn goes_on(facts: &Facts<'_>, what: &str, at: Time) -> bool {
    let function = what.trim_start_matches('`').split('`').next();
    let component = what
        .split(" of component `")
        .nth(1)
        .and_then(|rest| rest.split('`').next());
    let is = |call: &Call| match function.unwrap_or_default() {
        // Where no component is named, the phase as a whole is meant.
        phase @ ("start" | "run" | "stop") => {
            let named = component.is_none_or(|name| call.function == format!("{name}.{phase}"));
            let undoes = phase == "stop" && call.role() == Role::Undo;
            named && call.function.ends_with(phase) || undoes
        }
        "Cleanup" => call.role() == Role::Undo,
        _ if what.starts_with("function of `at_exit`") => call.role() == Role::Exit,
        _ if what.starts_with("function of `on_request`") => call.role() == Role::OnRequest,
        _ if what.starts_with("function of `on_signal`") => call.role() == Role::OnSignal,
        _ if what.starts_with("the function of SIGUSR1") => call.role() == Role::Usr,
        _ if what.starts_with("child `") => call.role() == Role::Child,
        _ if what.starts_with("the body of `main`") => call.role() == Role::Body,
        // A drain, an error, a stream.
        _ => true,
    };
    let recent = |call: &&Call| call.begin <= at && facts.or_end(call.ended()) + STALE >= at;
    facts.calls.iter().filter(recent).any(is)
}

/// Whether a shield of that name was held, not long before the line was read.
fn held(facts: &Facts<'_>, name: &str, at: Time) -> bool {
    let recent = |begin: Time, end: Option<Time>| begin <= at && facts.or_end(end) + STALE >= at;
    let calls = |roles: &[Role]| {
        let mut calls = facts.calls.iter();
        let roles = roles.to_vec();
        calls.any(move |call: &Call| {
            roles.contains(&call.role()) && recent(call.begin, call.ended())
        })
    };
    // A shield is held before its region says that it is inside, and a limit may end the process in between.
    let regions = |verbs: &[&str]| {
        let mut steps = facts.calls.iter().flat_map(|call| &call.steps);
        steps.any(|region| {
            // A region that has lost its caller goes on behind the step.
            let over = match region.inside {
                Some(_) => region.outside,
                None => region.ended(),
            };
            verbs.contains(&region.step.verb.as_str()) && recent(region.begin, over)
        })
    };
    match name {
        // What undoes a failed start is in the shield of `stop`.
        "start" => calls(&[Role::Start]),
        "stop" => calls(&[Role::Stop, Role::Undo, Role::Start]),
        "shield" => regions(&["shield"]),
        "outer" | "nested" => regions(&["nested"]),
        "shielded" => regions(&["shielded", "nested"]),
        "inline" => regions(&["shield", "nested"]),
        "owned" => regions(&["shielded", "lose"]),
        "exit functions" => {
            calls(&[Role::Exit]) || facts.calls.iter().any(|call| call.role() == Role::Child)
        }
        "exit" => !facts.dying().is_empty(),
        _ => false,
    }
}
