//! A `main` without an app, which ends while a task is inside a shield. The task's runtime lives as long as the
//! process.

use std::mem::forget;

use aplomb::Shutdown;
use tokio::runtime::Runtime;

use crate::async_script::perform;
use crate::script::{gate, say};

pub(crate) fn main() {
    let runtime = Runtime::new().expect("there are threads");
    runtime.spawn(perform("worker", &Shutdown::new()));
    gate::pass("in");
    say("main ends");
    forget(runtime);
}
