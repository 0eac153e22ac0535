use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::exit::End;
use crate::phase::{self, Erased};
use crate::{Cleanup, Shutdown};

struct One;
struct Two;

static STOPPED: AtomicBool = AtomicBool::new(false);
static RUNS: AtomicBool = AtomicBool::new(false);

fn runs() {
    RUNS.store(true, Ordering::SeqCst);
}

/// A request that comes when the start has looked for the last time may be too late to keep `run` from being called. Nothing
/// runs then either, and a signal's function finds nothing to look at.
#[test]
fn nothing_runs_where_not_all_have_started() {
    let components = Components::new()
        .with(
            "one",
            |shutdown: &Shutdown| {
                shutdown.request("an example");
                Ok::<_, String>(One)
            },
            |_: &One| runs(),
            |_: One| STOPPED.store(true, Ordering::SeqCst),
        )
        .with(
            "two",
            || Ok::<_, String>(Two),
            |_: &Two| runs(),
            |_: Two| runs(),
        )
        .on(1, |_: &Two| runs());
    let (shutdown, mut cleanup) = (Shutdown::new(), Cleanup::new());
    let (start, run, stop) = components.chains.phases();
    let whole = phase::Start::call(start, (), &shutdown, &mut cleanup);
    let whole = whole.expect("none has failed");
    let ended = phase::Run::call(run, &whole, &shutdown);
    assert!(matches!(ended, Ok(End::Done)));
    for (_, callback) in components.callbacks {
        let mut bound = Erased::bind(Box::new(OfApp(callback)), &whole);
        assert!(bound(&shutdown).is_ok());
    }
    assert!(!STOPPED.load(Ordering::SeqCst));
    let ended = phase::Stop::call(stop, whole, &shutdown);
    assert!(matches!(ended, Ok(End::Done)));
    assert!(STOPPED.load(Ordering::SeqCst) && !RUNS.load(Ordering::SeqCst));
}
