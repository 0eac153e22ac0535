//! Children: when they were asked to end, and what has become of them.

use super::facts::{Facts, Role};
use crate::scripts::calls::Call;
use crate::scripts::play::Time;

/// How a child was started: as the step of the script has it.
struct Options<'a> {
    when: &'a str,
    grace: u64,
    manner: &'a str,
}

impl Facts<'_> {
    /// How the child was started, and the call that has started it.
    fn started_by(&self, child: &Call) -> Option<(Options<'_>, &Call)> {
        let calls = self.calls.iter();
        let mut steps = calls.flat_map(|call| call.taken("child").map(move |taken| (taken, call)));
        steps.find_map(|(taken, call)| {
            let words: Vec<&str> = taken.step.object.split(',').collect();
            let [name, when, grace, _, manner] = words[..] else {
                return None;
            };
            let grace = grace.parse().ok()?;
            (name == child.function).then_some((
                Options {
                    when,
                    grace,
                    manner,
                },
                call,
            ))
        })
    }

    /// Before that time the exit has not begun, which ends each child.
    fn exit_earliest(&self) -> Option<Time> {
        let dying = self.dying().first().map(|(_, taken)| taken.begin);
        // What comes before the exit: the last phase that was begun has ended.
        let phases = [Role::Body, Role::Start, Role::Run, Role::Stop, Role::Undo];
        let ends: Option<Vec<Time>> = phases
            .into_iter()
            .flat_map(|role| self.of(role))
            .map(Call::ended)
            .collect();
        let done = ends.and_then(|ends| ends.into_iter().max());
        [dying, done].into_iter().flatten().min()
    }

    /// A child is asked to end when its options say so, when the program asks it, or at the exit.
    pub fn children_are_asked_in_time(&self, wrong: &mut Vec<String>) {
        for child in self.of(Role::Child) {
            let (Some((options, call)), Some(asked)) = (self.started_by(child), child.asked) else {
                continue;
            };
            let by_the_app = match options.when {
                "request" => self.requested_earliest(),
                "cancel" => self.cancelled_earliest(),
                _ => None,
            };
            // One that was started in `start` is not asked before the shield of `start` has ended.
            let start = self.last_end(Role::Start);
            let by_the_app = match call.role() {
                Role::Start => by_the_app.zip(start).map(|(at, ended)| at.max(ended)),
                _ => by_the_app,
            };
            let stops = self.calls.iter().flat_map(|call| call.taken("childstop"));
            let stopped = stops.filter(|taken| taken.step.object == child.function);
            let by_the_program = stopped.map(|taken| taken.begin).min();
            let earliest = [by_the_app, by_the_program, self.exit_earliest()];
            if earliest
                .into_iter()
                .flatten()
                .min()
                .is_none_or(|earliest| earliest > asked)
            {
                wrong.push(format!("{} is asked to end too early", child.name));
            }
        }
    }

    /// No child is killed that was not asked before, and had its grace. A limit of the app may leave less of that.
    pub fn children_end_well(&self, wrong: &mut Vec<String>) {
        let limits = ["timeout-stop", "deadline"];
        if limits
            .iter()
            .any(|limit| self.case.script.number(limit).is_some())
        {
            return;
        }
        for child in self.of(Role::Child).filter(|child| child.end.is_none()) {
            let Some((options, _)) = self.started_by(child) else {
                continue;
            };
            if child.asked.is_none() {
                wrong.push(format!("{} has ended, and was not asked to", child.name));
            } else if options.manner != "deaf" && options.grace >= 300 {
                wrong.push(format!(
                    "{} was asked to end, and had no time for it",
                    child.name
                ));
            }
        }
    }
}
