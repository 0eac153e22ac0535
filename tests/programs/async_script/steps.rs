//! The steps of a script, as a task carries them out.

use std::future::{Future, poll_fn};
use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::process::{ExitCode, ExitStatus};
use std::task::Poll;
use std::time::Duration;

use aplomb::process::WaitFuture;
use aplomb::{Cancelled, Phase, Shutdown, process};
use smol::future::{FutureExt, or, pending};

use super::{executor, inline, input, losing, owned, perform, tokio_only};
use crate::script::supervised::{child, described, several, started, waited, waited_within};
use crate::script::{Failure, HALF, Step, Steps, gate, number, plain, say, truth, waiting, words};

type Ended = Result<Option<ExitCode>, Failure>;

/// Boxed, as it is part of itself: a region is a script in a script.
pub(super) fn all(
    mut steps: Steps,
    shutdown: Shutdown,
) -> Pin<Box<dyn Future<Output = Ended> + Send>> {
    Box::pin(async move {
        while let Some(step) = steps.next() {
            if let Some(code) = one(step, &mut steps, &shutdown).await? {
                return Ok(Some(code));
            }
        }
        Ok(None)
    })
}

/// Carries out one step, with what of the rest belongs to it; a code ends the script.
async fn one(step: Step, rest: &mut Steps, shutdown: &Shutdown) -> Ended {
    let Step { verb, object } = step;
    match verb {
        // How the driver holds the program back.
        "line" => drop(input::line().await),
        // A task that takes its thread along.
        "block-line" => drop(smol::block_on(input::line())),
        "pass" => smol::unblock(move || gate::pass(object)).await,
        "hang" => pending().await,
        // Entries of two lines until the cancellation.
        "entries" => loop {
            let entry = async {
                say("first half");
                executor::timer(HALF).await;
                say("second half");
            };
            aplomb::__private::inline("entry", entry).await;
            let pause = executor::timer(HALF);
            shutdown.run_until_cancelled(pause).await?;
        },

        // Interruption points.
        "wait" | "cancelled" => shutdown.cancelled().await,
        "across" => waiting::across(object, shutdown.clone()).await,
        "await-kept" => waiting::kept().await,
        "wait-timeout" => {
            let cancelled = async {
                shutdown.cancelled().await;
                true
            };
            let time_is_up = async {
                executor::timer(Duration::from_millis(number(object))).await;
                false
            };
            say(format!("wait-timeout {}", or(cancelled, time_is_up).await));
        }
        "sleep" => {
            let timer = executor::timer(Duration::from_millis(number(object)));
            let slept = shutdown.run_until_cancelled(timer).await;
            say(format!("sleep {}", words(&slept)));
        }
        "until" => {
            let result = shutdown
                .run_until_cancelled(perform(object, shutdown))
                .await;
            say(format!("{object} {}", words(&result)));
        }

        // The rest of it with a handle that looks through the shield of `start`.
        "unmasked" => drop(perform(object, &shutdown.unmasked()).await?),

        // The truth, which no shield hides.
        "await-request" => {
            shutdown.requested().await;
            say("asked");
        }
        "past-running" => say(format!("now {}", shutdown.past(Phase::Running).await)),
        "truth" => requested(shutdown).await,
        "accepted" => {
            requested(shutdown).await;
            say("accepted");
        }
        "seen" => {
            let shutdown = shutdown.clone();
            smol::unblock(move || truth::seen(number(object), &shutdown)).await;
            say(format!("seen {object}"));
        }

        // Shields and tasks.
        "shield" => {
            let inside = all(region(rest), shutdown.clone());
            return aplomb::__private::inline(object, inside).await;
        }
        "call" => said(object, &inline(object, shutdown).await),
        "own" => said(object, &owned(object, shutdown.clone()).await),
        "catch" => caught(inline(object, shutdown)).await,
        "catch-own" => caught(owned(object, shutdown.clone())).await,
        "spawn" => {
            let performance = perform(object, shutdown);
            executor::spawn(object, async move { drop(performance.await) });
        }
        "join" => executor::join(object).await,

        "lose-by-select" => losing::by_select(object, shutdown).await,
        "lose-by-timeout" => losing::by_timeout(object, shutdown).await,
        "lose-by-abort" => losing::by_abort(object, shutdown).await,
        "cut-by-select" => losing::inline_by_select(object, shutdown).await,
        "bomb" => {
            // Part of the rest: it goes when that is dropped.
            let _bomb = Bomb;
            return all(std::mem::take(rest), shutdown.clone()).await;
        }
        "slow-drop" => {
            let _slow = Slow;
            return all(std::mem::take(rest), shutdown.clone()).await;
        }
        "fill-pool" => tokio_only::fill_pool(),
        "token" => tokio_only::token(shutdown).await,
        "tokio-line" => tokio_only::line().await,
        _ if wait_for_children(verb, object, shutdown).await => {}
        _ => return plain::one(step, shutdown),
    }
    Ok(None)
}

async fn until_ended(
    waiting: impl Future<Output = io::Result<ExitStatus>>,
    shutdown: &Shutdown,
) -> io::Result<Result<ExitStatus, Cancelled>> {
    match shutdown.run_until_cancelled(waiting).await {
        Ok(status) => status.map(Ok),
        Err(cancelled) => Ok(Err(cancelled)),
    }
}

/// Carries out a step that waits for children. Returns whether there is such a step.
async fn wait_for_children(verb: &str, object: &'static str, shutdown: &Shutdown) -> bool {
    match verb {
        "child-wait" | "child-wait-async" => {
            let child = child(object);
            waited(object, until_ended(child.wait_async(), shutdown).await);
        }
        "run-child" => {
            let status = process::status_async(described(object).1);
            waited(object, until_ended(status, shutdown).await);
        }
        "child-async" => {
            let (options, command) = described(object);
            match shutdown
                .run_until_cancelled(options.spawn_async(command))
                .await
            {
                Ok(result) => started(object, result),
                Err(Cancelled { .. }) => say(format!("{object} Err(Cancelled)")),
            }
        }
        "child-wait-within" => {
            let (names, time) = several(object);
            let [name] = names[..] else {
                panic!("one child")
            };
            let child = child(name);
            let waiting = async { child.wait_async().await.map(Some) };
            let time_is_up = async {
                executor::timer(time).await;
                Ok(None)
            };
            let result = shutdown.run_until_cancelled(or(waiting, time_is_up)).await;
            waited_within(
                name,
                result.map_or_else(|cancelled| Ok(Err(cancelled)), |it| it.map(Ok)),
            );
        }
        "wait-any" => wait_any(object, shutdown).await,
        "child-stop" => waited(object, child(object).stop_async().await.map(Ok)),
        _ => return false,
    }
    true
}

/// Waits for one of several in a task, as programs do that have a combinator for it.
async fn wait_any(object: &'static str, shutdown: &Shutdown) {
    let (names, time) = several(object);
    let children: Vec<_> = names.iter().map(|name| child(name)).collect();
    let mut waiting: Vec<WaitFuture<'_>> = Vec::new();
    for child in &children {
        waiting.push(child.wait_async());
    }
    let first = poll_fn(|context| {
        let ended = |future: &mut WaitFuture<'_>| Pin::new(future).poll(context).is_ready();
        match waiting.iter_mut().position(ended) {
            Some(position) => Poll::Ready(Some(position)),
            None => Poll::Pending,
        }
    });
    let time_is_up = async {
        if time == Duration::MAX {
            pending::<()>().await;
        }
        executor::timer(time).await;
        None
    };
    match shutdown.run_until_cancelled(or(first, time_is_up)).await {
        Ok(Some(position)) => say(format!("first {}", names[position])),
        Ok(None) => say("first none"),
        Err(Cancelled { .. }) => say("first Err(Cancelled)"),
    }
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped with run");
    }
}

/// Waits for a line when it is dropped.
struct Slow;

impl Drop for Slow {
    fn drop(&mut self) {
        say("drops");
        drop(smol::block_on(input::line()));
        say("dropped");
    }
}

/// The steps up to the `unshield` of the region that has begun just now.
fn region(rest: &mut Steps) -> Steps {
    let mut depth = 1;
    let inside = rest.take_while(|step| {
        match step.verb {
            "shield" => depth += 1,
            "unshield" => depth -= 1,
            _ => {}
        }
        depth > 0
    });
    // The inner ones keep theirs.
    inside.collect::<Vec<_>>().into_iter()
}

async fn requested(shutdown: &Shutdown) {
    let shutdown = shutdown.clone();
    smol::unblock(move || truth::requested(&shutdown)).await;
}

fn said<T>(name: &str, result: &Result<T, Failure>) {
    let word = if result.is_ok() { "Ok" } else { "Err" };
    say(format!("{name} {word}"));
}

async fn caught<T>(call: impl Future<Output = T>) {
    let result = AssertUnwindSafe(call).catch_unwind().await;
    let payload = result.err().expect("it was to panic");
    let text = payload.downcast_ref::<String>().expect("a text");
    say(format!("caught {text}"));
}
