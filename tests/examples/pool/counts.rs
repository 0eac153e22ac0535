//! What `pool` says about its units of work, and whether that can be true.

use std::collections::BTreeSet;

use aplomb_testing::Output;

/// What it has said about its units.
#[derive(Debug)]
pub struct Counts {
    pub queued: u64,
    pub done: u64,
    pub in_hand: u64,
    pub dropped: u64,
    pub abandoned: u64,
}

impl Counts {
    /// Each count must be there once, and their sum be right. `lost` results had nobody to print them.
    #[track_caller]
    pub fn of(output: &Output, lost: u64) -> Counts {
        let said = output.stdout();
        let count = |what: &str| {
            let mut counts = said.iter().filter_map(|line| line.strip_prefix(what));
            let count = counts.next().and_then(|count| count.parse().ok());
            output.assert(count.is_some() && counts.next().is_none(), what);
            count.unwrap_or(0)
        };
        let counts = Counts {
            queued: count("queued: "),
            done: count("done: "),
            in_hand: count("in hand at the end: "),
            dropped: count("dropped: "),
            abandoned: count("abandoned: "),
        };
        let sum = counts.done + counts.dropped + counts.abandoned;
        output.assert(counts.queued == sum, "the counts do not add up");
        output.assert(counts.abandoned <= counts.in_hand, "only who works is left");

        let results = said.iter().filter(|line| is_result(line));
        let results: Vec<_> = results.filter_map(|line| line.split(':').next()).collect();
        let units: BTreeSet<_> = results.iter().collect();
        output.assert(units.len() == results.len(), "a unit has two results");
        let due = counts.done - lost;
        output.assert(results.len() as u64 == due, "each unit done has a result");
        counts
    }
}

fn is_result(line: &str) -> bool {
    line.starts_with("unit ") && line.contains(": ")
}
