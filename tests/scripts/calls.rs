//! The marks of a program, put together: which functions were called, and what became of their steps.

use std::collections::BTreeMap;

use super::play::{Mark, Seen, Status, Time};
use crate::script::Step;

/// One call of a function.
#[derive(Debug, Clone)]
pub struct Call {
    /// As in `run#1`.
    pub name: String,
    pub function: String,
    pub begin: Time,
    /// How and when it has ended: `ok`, `err`, `cancelled`, `code`, `panic`, `dropped`.
    pub end: Option<(Time, String)>,
    pub steps: Vec<Taken>,
    /// When it was asked to end: a child of the app.
    pub asked: Option<Time>,
    /// When it knew that the end was requested.
    pub requested: Option<Time>,
    /// The signal that it was told of, and how many.
    pub told: Option<(i32, u64)>,
    /// How an app has ended inside of the program.
    pub status: Option<Status>,
    /// The numbers of the threads that have made its marks.
    pub threads: Vec<u32>,
}

/// A step that was begun.
#[derive(Debug, Clone)]
pub struct Taken {
    pub step: Step,
    pub begin: Time,
    /// What came of it, and when.
    pub end: Option<(Time, String)>,
    /// When it was inside of a region, and when the region had done its work.
    pub inside: Option<Time>,
    pub outside: Option<Time>,
    /// Whether an interruption point saw a request inside of the region.
    pub unmasked: bool,
    pub forked: Option<String>,
    /// Whether there was a child, which has ended by then.
    pub stopped: bool,
}

impl Call {
    /// When it had ended, or was dropped.
    pub fn ended(&self) -> Option<Time> {
        self.end.as_ref().map(|(at, _)| *at)
    }

    pub fn how(&self) -> &str {
        self.end.as_ref().map_or("", |(_, how)| how)
    }

    /// The regions that it has entered.
    pub fn regions(&self) -> impl Iterator<Item = &Taken> {
        self.steps.iter().filter(|step| step.inside.is_some())
    }

    pub fn taken<'a>(&'a self, verb: &'a str) -> impl Iterator<Item = &'a Taken> {
        self.steps
            .iter()
            .filter(move |taken| taken.step.verb == verb)
    }
}

impl Taken {
    pub fn ended(&self) -> Option<Time> {
        self.end.as_ref().map(|(at, _)| *at)
    }

    pub fn result(&self) -> &str {
        self.end.as_ref().map_or("", |(_, result)| result)
    }
}

fn number(word: &str) -> i32 {
    word.parse().expect("a number")
}

/// All calls, in the order in which they began.
pub fn calls(seen: &Seen, steps_of: impl Fn(&str) -> Vec<Step>) -> Vec<Call> {
    let mut calls: BTreeMap<String, Call> = BTreeMap::new();
    for Mark {
        at,
        thread,
        call: name,
        what,
    } in &seen.marks
    {
        let function = name.split('#').next().unwrap_or_default();
        let call = calls.entry(name.clone()).or_insert_with(|| Call {
            name: name.clone(),
            function: function.to_owned(),
            begin: *at,
            end: None,
            steps: Vec::new(),
            asked: None,
            requested: None,
            told: None,
            status: None,
            threads: Vec::new(),
        });
        if !call.threads.contains(thread) {
            call.threads.push(*thread);
        }
        let words: Vec<&str> = what.splitn(3, ' ').collect();
        let last = (*at, words.last().copied().unwrap_or_default().to_owned());
        let position = words.get(1).and_then(|word| word.parse::<usize>().ok());
        match words[0] {
            "begin" => {}
            "end" => call.end = Some(last),
            // A function that has ended is dropped, too, and says nothing then.
            "dropped" => call.end = Some((*at, "dropped".to_owned())),
            "code" => call.status = Some(Status::Code(number(&last.1))),
            "signal" => call.status = Some(Status::Signal(number(&last.1))),
            "told" => {
                let signal = number(words[1]);
                call.told = Some((signal, last.1.parse().expect("a count")));
            }
            "requested" => call.requested = Some(*at),
            "asked" => call.asked = call.asked.or(Some(*at)),
            "do" => {
                let step = steps_of(function).into_iter().nth(call.steps.len());
                call.steps.push(Taken {
                    step: step.expect("the script has such a step"),
                    begin: *at,
                    end: None,
                    inside: None,
                    outside: None,
                    unmasked: false,
                    forked: None,
                    stopped: false,
                });
            }
            more => {
                let position = position.expect("a step has a position");
                let taken = call.steps.get_mut(position).expect("it was begun");
                match more {
                    "did" => taken.end = Some(last),
                    "in" => taken.inside = Some(*at),
                    "out" => taken.outside = Some(*at),
                    "stopped" => taken.stopped = true,
                    "unmasked" => taken.unmasked = true,
                    "forked" => taken.forked = Some(last.1),
                    _ => {}
                }
            }
        }
    }
    let mut calls: Vec<_> = calls.into_values().collect();
    calls.sort_by_key(|call| call.begin);
    calls
}
