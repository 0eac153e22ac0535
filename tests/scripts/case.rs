//! A case: a script for the program, and the signals that the test sends to it.

use std::fmt;

use aplomb_testing::Signal;

use crate::script::Script;

#[derive(Debug, Clone)]
pub struct Case {
    pub seed: u64,
    pub script: Script,
    pub sends: Vec<Send>,
}

/// A signal that is sent some milliseconds after a mark of the program: when a call begins, or a step of it.
#[derive(Debug, Clone)]
pub struct Send {
    /// What the mark begins with, as in `run#1 begin`; nothing for the start of the program.
    pub cue: String,
    pub delay: u64,
    pub signal: Signal,
}

impl Case {
    /// All steps of this verb, with the names of their functions.
    pub fn steps(&self, verb: &str) -> Vec<(&str, &crate::script::Step)> {
        let functions = self.script.functions.iter();
        functions
            .flat_map(|(name, steps)| steps.iter().map(move |step| (name.as_str(), step)))
            .filter(|(_, step)| step.verb == verb)
            .collect()
    }

    pub fn has(&self, verb: &str) -> bool {
        !self.steps(verb).is_empty()
    }

    /// For how long it may take, at the most, in milliseconds: what its steps and limits take one after the other, what
    /// the library waits for by itself, and as much as a busy machine may need beside that.
    pub fn patience(&self) -> u64 {
        const BUSY: u64 = 20_000;
        const TIMES: [&str; 10] = [
            "pause", "block", "sleep", "usleep", "nap", "shield", "shielded", "nested", "lose",
            "child",
        ];
        let steps = self.script.functions.iter().map(|(name, steps)| {
            let is_told = name == "usr1" || name.starts_with('g');
            let calls = if is_told { self.sends.len() as u64 } else { 1 };
            let times = steps.iter().map(|step| match step.verb.as_str() {
                "child" => step
                    .object
                    .split(',')
                    .filter_map(|word| word.parse::<u64>().ok())
                    .sum(),
                verb if TIMES.contains(&verb) => step.number(),
                _ => 0,
            });
            calls * times.sum::<u64>()
        });
        let limits = [
            "timeout-start",
            "timeout-run",
            "timeout-stop",
            "deadline",
            "exit-wait",
            "drain",
            "grace",
        ];
        let limits = limits.iter().filter_map(|name| self.script.number(name));
        // `timeout(stop)` counts up to three times, and each SIGINT may be followed by a second.
        let seconds = 1000 * (3 + self.sends.len() as u64);
        let delays = self.sends.iter().map(|send| send.delay);
        BUSY + steps.sum::<u64>() + 3 * limits.sum::<u64>() + seconds + delays.sum::<u64>()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Case {
            seed,
            script,
            sends,
        } = self;
        writeln!(f, "script {seed}: {script}")?;
        for Send { cue, delay, signal } in sends {
            let cue = if cue.is_empty() { "its start" } else { cue };
            writeln!(f, "  {signal} {delay} ms after {cue}")?;
        }
        Ok(())
    }
}

impl Script {
    /// How much of `deadline` is left to `run`, in milliseconds: all but what is kept for `stop`.
    pub fn room(&self) -> Option<u64> {
        let deadline = self.number("deadline")?;
        let stop = self.number("timeout-stop").filter(|stop| *stop < deadline);
        Some(deadline - stop.unwrap_or(deadline.div_ceil(4)))
    }
}
