//! The oracle: what the contract (`docs/contract.md`) allows, given what was seen.
//!
//! The oracle is written from that page, and not from the library's code. Where a race leaves several answers open, all
//! of them are allowed; where what has happened is known, there is one. A *way* is one of the ways in which a program
//! may end: each says which statuses belong to it, and what must have been left whole. What was seen is right if one
//! way allows it.
//!
//! Times are those of one clock, by the program and by the test. A signal's handler has begun between two of them.

mod causes;
mod children;
mod embedded;
mod facts;
mod printed;
mod ways;

use super::case::Case;
use super::play::{Seen, Status};
use facts::Facts;

/// What is wrong; nothing, if all is right.
pub fn judge(case: &Case, seen: &Seen) -> Vec<String> {
    let facts = Facts::new(case, seen);
    let mut wrong = Vec::new();
    if seen.status == Status::Hung {
        wrong.push("it did not end in time".to_owned());
        return wrong;
    }
    if !seen.left.is_empty() {
        wrong.push("processes are left".to_owned());
    }
    facts.always(&mut wrong);
    facts.children_are_asked_in_time(&mut wrong);
    causes::judge(&facts, &mut wrong);
    printed::judge(&facts, &mut wrong);
    ways::judge(&facts, &mut wrong);
    wrong
}
