//! The steps of a script, as a thread carries them out.

use std::collections::HashMap;
use std::io;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use aplomb::{Phase, Shield, Shutdown, process};
use futures_executor::block_on;

use super::supervised::{self, child, described, several, waited, waited_within};
use super::{
    Failure, HALF, Step, Steps, gate, limited, number, perform, plain, say, shielded, truth,
    waiting, words,
};

/// Shields that the script holds; the last one taken is the first to end.
#[derive(Default)]
struct Held(Vec<Shield>);

impl Drop for Held {
    fn drop(&mut self) {
        while self.0.pop().is_some() {}
    }
}

static THREADS: Mutex<Option<HashMap<&'static str, JoinHandle<()>>>> = Mutex::new(None);

pub(crate) fn all(steps: Steps, shutdown: &Shutdown) -> Result<ExitCode, Failure> {
    let mut held = Held::default();
    for step in steps {
        if let Some(code) = one(step, shutdown, &mut held)? {
            return Ok(code);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Carries out one step; a code ends the script.
fn one(step: Step, shutdown: &Shutdown, held: &mut Held) -> Result<Option<ExitCode>, Failure> {
    let Step { verb, object } = step;
    match verb {
        // How the driver holds the program back.
        "line" => {
            let mut line = String::new();
            io::stdin().read_line(&mut line).expect("stdin is a pipe");
        }
        "pass" => gate::pass(object),
        "hang" => loop {
            thread::park();
        },
        // Entries of two lines until the cancellation.
        "entries" => loop {
            let entry = aplomb::shield("entry");
            say("first half");
            // The row is about this time.
            thread::sleep(HALF);
            say("second half");
            drop(entry);
            shutdown.sleep(HALF)?;
        },

        // Interruption points.
        "wait" => shutdown.wait(),
        "wait-timeout" => {
            let came = shutdown.wait_timeout(Duration::from_millis(number(object)));
            say(format!("wait-timeout {came}"));
        }
        "sleep" => {
            let slept = shutdown.sleep(Duration::from_millis(number(object)));
            say(format!("sleep {}", words(&slept)));
        }

        // On Windows only a socket can be waited for.
        #[cfg(unix)]
        "ready" => {
            use aplomb::Interest;

            let ready = shutdown.ready(&io::stdin(), Interest::Read);
            say(format!(
                "ready {}",
                words(&ready.expect("stdin can be polled"))
            ));
        }
        "accept" => {
            let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
            let accepted = shutdown.accept(&listener);
            say(format!(
                "accept {}",
                words(&accepted.expect("it can be asked"))
            ));
        }
        "run-blocking" => {
            let called = shutdown.run_blocking(|| io::stdin().read_line(&mut String::new()));
            say(format!("run-blocking {}", words(&called)));
        }

        // Those of tasks, where a thread is one.
        "cancelled" => block_on(shutdown.cancelled()),
        "token" => block_on(shutdown.token().cancelled()),
        "across" => block_on(waiting::across(object, shutdown.clone())),
        "across-guard" => block_on(waiting::across_guard(object, shutdown.clone())),
        "await-kept" => block_on(waiting::kept()),

        // Interruption points with a limit.
        "accept-within" => limited::accept(number(object), shutdown),
        "ready-within" => limited::ready(number(object), shutdown),

        // The rest of it with a handle that looks through the shield of `start`.
        "unmasked" => drop(perform(object, &shutdown.unmasked())?),

        // The truth, which no shield hides.
        "await-request" => {
            block_on(shutdown.requested());
            say("asked");
        }
        "past-running" => {
            let phase = block_on(shutdown.past(Phase::Running));
            say(format!("now {phase}"));
        }
        "truth" => truth::requested(shutdown),
        "accepted" => {
            truth::requested(shutdown);
            say("accepted");
        }
        "seen" => {
            truth::seen(number(object), shutdown);
            say(format!("seen {object}"));
        }

        // Shields and threads.
        "shield" => held.0.push(aplomb::shield(object)),
        "unshield" => drop(held.0.pop().expect("a shield is held")),
        "call" => {
            let result = shielded(object, shutdown);
            let word = if result.is_ok() { "Ok" } else { "Err" };
            say(format!("{object} {word}"));
        }
        "catch" => {
            let result = catch_unwind(AssertUnwindSafe(|| shielded(object, shutdown)));
            let payload = result.expect_err("it was to panic");
            let text = payload.downcast_ref::<String>().expect("a text");
            say(format!("caught {text}"));
        }
        "spawn" => spawn(object, shutdown.clone()),
        "join" => {
            let mut threads = THREADS.lock().expect("no holder panics");
            let thread = threads.as_mut().and_then(|threads| threads.remove(object));
            drop(threads);
            let _ = thread.expect("it was spawned").join();
        }
        _ if wait_for_children(verb, object) => {}
        _ => return plain::one(step, shutdown),
    }
    Ok(None)
}

/// Carries out a step that waits for children. Returns whether there is such a step.
fn wait_for_children(verb: &str, object: &'static str) -> bool {
    match verb {
        "child-wait-async" => {
            let child = child(object);
            waited(object, block_on(child.wait_async()).map(Ok));
        }
        "child-wait" => waited(object, child(object).wait()),
        "child-wait-within" => {
            let (names, time) = several(object);
            let [name] = names[..] else {
                panic!("one child")
            };
            waited_within(name, child(name).wait_timeout(time));
        }
        "wait-any" => supervised::wait_any(object),
        "child-async" => {
            let (options, command) = described(object);
            supervised::started(object, block_on(options.spawn_async(command)));
        }
        "child-stop" => waited(object, child(object).stop().map(Ok)),
        "run-child" => waited(object, process::status(described(object).1)),
        _ => return false,
    }
    true
}

fn spawn(name: &'static str, shutdown: Shutdown) {
    let thread = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let _ = perform(name, &shutdown);
        })
        .expect("threads can be spawned");
    THREADS
        .lock()
        .expect("no holder panics")
        .get_or_insert_default()
        .insert(name, thread);
}
