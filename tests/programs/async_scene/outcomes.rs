//! The ways out of a shielded function: each leaves the shield, and none is changed by it.
//! `shield=` says of which kind the functions are.

use std::error::Error;
use std::panic::AssertUnwindSafe;

use aplomb::{Absent, App, Shutdown, shielded};
use smol::future::FutureExt;

use crate::async_script::{executor, input};
use crate::script::{option, say};

type Number = Result<u32, Box<dyn Error + Send + Sync>>;

/// Makes a module of functions, one for each way out, with this attribute.
macro_rules! functions {
    ($name:ident, $attribute:meta) => {
        mod $name {
            use super::*;

            #[$attribute]
            pub(super) async fn value(shutdown: Shutdown) -> Number {
                wait_for_request(&shutdown).await;
                shutdown.checkpoint()?;
                Ok(42)
            }

            #[$attribute]
            pub(super) async fn question_mark() -> Number {
                let number: u32 = "seven".parse()?;
                Ok(number)
            }

            #[$attribute]
            pub(super) async fn early(leave: bool) -> &'static str {
                if leave {
                    return "left early";
                }
                "stayed"
            }

            #[$attribute]
            pub(super) async fn panics() {
                std::panic::panic_any(1234_u32);
            }

            pub(super) async fn all(shutdown: &Shutdown) {
                let number = value(shutdown.clone()).await.ok();
                say(format!("value {number:?} {}", is_open(shutdown)));
                let failed = question_mark().await.map_err(|error| error.to_string());
                say(format!("question mark {failed:?} {}", is_open(shutdown)));
                say(format!("early {} {}", early(true).await, is_open(shutdown)));
                let result = AssertUnwindSafe(panics()).catch_unwind().await;
                let payload = result.expect_err("it panics");
                let number = payload.downcast_ref::<u32>();
                say(format!("panic {number:?} {}", is_open(shutdown)));
            }
        }
    };
}

functions!(owned, shielded);
functions!(inline, shielded(inline));

async fn wait_for_request(shutdown: &Shutdown) {
    say("ready");
    // A line says that the signal was sent. Inside a shield `is_requested` still tells the truth.
    input::line().await;
    while !shutdown.is_requested() {
        smol::future::yield_now().await;
    }
}

fn is_open(shutdown: &Shutdown) -> &'static str {
    if shutdown.checkpoint().is_err() {
        "open"
    } else {
        "shielded"
    }
}

async fn run(shutdown: &Shutdown) {
    match option("shield") {
        Some("inline") => inline::all(shutdown).await,
        _ => owned::all(shutdown).await,
    }
}

pub(crate) fn main() {
    App::executor(executor()).phases(Absent, run, Absent).main()
}
