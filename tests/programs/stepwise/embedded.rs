//! The script as an app inside of a program that goes on after it: `embedded=` says whether there is a second app.

use aplomb::phase::List;
use aplomb::{App, Outcome, Shutdown, Status};

use super::marks::Call;
use super::{script, threads};

/// The first app, `after`, and the second one if there is to be one. The program ends as the last app has.
pub(super) fn program<L: List>(app: App<L>) -> ! {
    let mut ended = noted(app);
    plain("after");
    if script().option("embedded") == Some("twice") {
        ended = noted(App::new(
            || plain("z1"),
            |shutdown: &Shutdown| {
                let _ = threads::perform("z2", shutdown);
            },
            || plain("z3"),
        ));
    }
    ended.status.exit()
}

/// Carries out a function that is of no app.
fn plain(function: &str) {
    let _ = threads::perform(function, &Shutdown::new());
}

/// Runs an app, and notes how it has ended.
fn noted<L: List>(app: App<L>) -> Outcome {
    let outcome = app.run().expect("no other app is live");
    let call = Call::begin("outcome");
    match outcome.status {
        Status::Code(code) => call.note(format!("code {code}")),
        Status::Signal(signal) => call.note(format!("signal {signal}")),
    }
    call.note("end ok");
    outcome
}
