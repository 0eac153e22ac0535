//! Children: when they were asked to end, and what has become of them.

use super::facts::{Facts, Role};
use crate::scripts::calls::{Call, Taken};
use crate::scripts::play::{MILLISECOND, Time};

/// How late a child may be seen to live when it was to be killed, on a busy machine that may also have stopped the app.
const LATE: Time = 2_000 * MILLISECOND;

/// How early a time may seem, since clocks are rounded.
const EARLY: Time = 2 * MILLISECOND;

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

    /// The steps that ask this child to end, and wait for that. One that found no child is none of them.
    fn stops_of(&self, child: &Call) -> impl Iterator<Item = &Taken> {
        let steps = self.calls.iter().flat_map(|call| &call.steps);
        steps.filter(|taken| {
            let found = match taken.step.verb.as_str() {
                "childstop" => taken.stopped || taken.end.is_none(),
                "as" => true,
                _ => false,
            };
            found && taken.step.object == child.function
        })
    }

    /// Before that time the child was not asked to end: its options have not said so, nor has the program, and the exit
    /// has not begun.
    fn asked_earliest(&self, child: &Call) -> Option<Time> {
        let (options, call) = self.started_by(child)?;
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
        let by_the_program = self.stops_of(child).map(|taken| taken.begin).min();
        let earliest = [by_the_app, by_the_program, self.exit_earliest()];
        earliest.into_iter().flatten().min()
    }

    /// A child is asked to end when its options say so, when the program asks it, or at the exit. It is gone when its
    /// grace is over.
    pub fn children_are_asked_in_time(&self, wrong: &mut Vec<String>) {
        for child in self.of(Role::Child) {
            let (Some((options, _)), Some(asked)) = (self.started_by(child), child.asked) else {
                continue;
            };
            let earliest = self.asked_earliest(child);
            if earliest.is_none_or(|earliest| earliest > asked) {
                wrong.push(format!("{} is asked to end too early", child.name));
            }
            let last = child.ended().unwrap_or(asked);
            if last > asked + options.grace * MILLISECOND + LATE {
                wrong.push(format!("{} lives on when its grace is over", child.name));
            }
        }
        self.ends_as_children(wrong);
    }

    /// What a phase has seen of a child that it has ended, and ends as: a child that is deaf is killed.
    fn ends_as_children(&self, wrong: &mut Vec<String>) {
        for child in self.of(Role::Child) {
            for taken in self.stops_of(child).filter(|taken| taken.step.verb == "as") {
                let is_as = match (child.how(), taken.result()) {
                    // The step has not come to its end.
                    (_, "") => true,
                    // A child that ends by itself exits with success.
                    ("", how) => how == "s9",
                    (_, how) => how == "c0",
                };
                if !is_as {
                    let result = taken.result();
                    wrong.push(format!(
                        "{} has ended {:?}, which is seen as {result}",
                        child.name,
                        child.how()
                    ));
                }
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
                continue;
            }
            let takes = options.manner.parse::<u64>().ok();
            if takes.is_some_and(|takes| takes + 250 <= options.grace) {
                wrong.push(format!(
                    "{} was asked to end, and had no time for it",
                    child.name
                ));
            }
            // A child is gone when the step has ended that has waited for that, and when the app has.
            let gone = self.stops_of(child).filter_map(Taken::ended).min();
            let gone = self.or_end(gone);
            let earliest = self.asked_earliest(child);
            if earliest.is_some_and(|at| gone + EARLY < at + options.grace * MILLISECOND) {
                wrong.push(format!(
                    "{} was killed before its grace was over",
                    child.name
                ));
            }
        }
    }
}
