//! Random scripts: what the functions of an app do, which signals come and when, is made up from a seed, and an oracle
//! says whether the contract allows what was seen.
//!
//! The tables of `rows.rs` try each promise alone. Here the promises meet: signals in each phase, shields, workers,
//! children, exits, forks and limits, all in one program.
//!
//! The seeds are 1 to 300. `APLOMB_SCRIPTS=10000` tries more of them, and `APLOMB_SEED=17` one alone: a script that is
//! wrong is printed with its seed. With `APLOMB_SHRINK=1` it is made smaller, as long as that is wrong in the same way.

#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "tests are not an interface"
)]

#[path = "programs/stepwise/script.rs"]
mod script;

mod scripts {
    pub mod calls;
    pub mod case;
    pub mod generate;
    pub mod judge;
    pub mod numbers;
    pub mod play;
    pub mod shrink;
}

use std::env;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use scripts::generate::generate;
use scripts::judge::judge;
use scripts::play::play;
use scripts::shrink::shrink;

/// How many programs run at the same time. Most of them sleep.
const AT_ONCE: usize = 12;

fn number(variable: &str) -> Option<u64> {
    let value = env::var(variable).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{variable}={value} is no number")),
    )
}

#[test]
fn the_contract_allows_what_is_seen() {
    let seeds = match number("APLOMB_SEED") {
        Some(seed) => seed..=seed,
        None => number("APLOMB_FIRST").unwrap_or(1)..=number("APLOMB_SCRIPTS").unwrap_or(300),
    };
    let next = AtomicU64::new(*seeds.start());
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if !seeds.contains(&seed) {
                        return;
                    }
                    let case = generate(seed);
                    let played = play(&case);
                    let wrong = judge(&case, &played);
                    if !wrong.is_empty() || env::var_os("APLOMB_VERBOSE").is_some() {
                        eprintln!("{case}{played}  wrong: {wrong:#?}\n");
                    }
                    if !wrong.is_empty() && env::var_os("APLOMB_SHRINK").is_some() {
                        let case = shrink(&case, &wrong);
                        eprintln!("what is left of script {seed}:\n{case}{}", play(&case));
                    }
                    if !wrong.is_empty() {
                        failures.lock().expect("no holder panics").push(seed);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no holder panics");
    assert!(
        failures.is_empty(),
        "wrong: {failures:?}; APLOMB_SEED={} cargo test --test scripts plays the first one again",
        failures[0]
    );
}
