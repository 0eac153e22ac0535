//! Apps that are to begin inside a shield of this thread.

use aplomb::{App, Error, Status, shield, shielded};

use crate::script::say;

fn app() -> Result<Status, Error> {
    let start = || say("start");
    let app = App::new(start, || say("run"), || say("stop"));
    app.run().map(|outcome| outcome.status)
}

#[shielded]
fn in_a_function() -> Result<Status, Error> {
    app()
}

pub(crate) fn main() {
    let guard = shield("a guard");
    say(format!("guard {:?}", app()));
    drop(guard);
    say(format!("function {:?}", in_a_function()));
    // Behind them all is as before.
    say(format!("outside {:?}", app()));
    let _guard = shield("until the end");
    App::new(|| say("start"), || say("run"), || say("stop")).main()
}
