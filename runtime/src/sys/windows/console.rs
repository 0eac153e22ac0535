//! The events of a console, which are the signals here: `SetConsoleCtrlHandler`.
//!
//! The system starts a thread for each event, which calls a process's routines, the one that was registered last first,
//! until one returns TRUE. If none does, the process ends. So routines interrupt nothing: they may do whatever other
//! threads do. But the console's own lock may be held meanwhile (it is in Wine): no routine waits for a thread that
//! calls `SetConsoleCtrlHandler`, and no lock of ours is held where that is called.
//!
//! Two routines share the work. The [`first`] one tells the app, and returns FALSE, so that routines of others are
//! called as well, such as tokio's. It is registered anew when `start` has ended, since it has to come before those
//! that were registered until then. Tokio registers its routine once in a process, at the first use of `tokio::signal`,
//! and is made to do that before. The [`last`] one stays where it is, and returns TRUE, so that the process does not
//! end. It tells the app where the first one was not called, which is so while that one is registered anew.
//!
//! Both stay registered for good, and leave an event alone that is no app's.
//!
//! No routine is called for a Ctrl-C that the parent has switched off for us (`CREATE_NEW_PROCESS_GROUP`), which is
//! what an ignored SIGINT is elsewhere. Nothing tells so.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use windows_sys::Win32::Foundation::{FALSE, TRUE};
use windows_sys::Win32::System::Console::{
    CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, SetConsoleCtrlHandler,
};
use windows_sys::core::BOOL;

use super::exit::end_by_default_action;
use super::handle::check;
use super::signum::{SIGHUP, SIGINT, SIGTERM};
use crate::sync::{ask, lock};
use crate::sys::{Disposition, Sender};

/// The events that a process may hear of, each with the signal that it is. `CTRL_LOGOFF_EVENT` and
/// `CTRL_SHUTDOWN_EVENT` reach services alone, which have another way to be told.
const EVENTS: [(u32, i32); 3] = [
    (CTRL_C_EVENT, SIGINT),
    (CTRL_BREAK_EVENT, SIGTERM),
    (CTRL_CLOSE_EVENT, SIGHUP),
];

type Handler = Box<dyn Fn(i32, Option<Sender>) + Send + Sync>;

/// The handlers of an app, each with its signal. The lock is held while a handler is called, so that none is called any
/// more when its registration is gone.
static HANDLERS: Mutex<BTreeMap<i32, Handler>> = Mutex::new(BTreeMap::new());

thread_local! {
    /// Whether the first routine has told the app of the event that this thread was started for.
    static IS_TOLD: Cell<bool> = const { Cell::new(false) };
}

/// Returns that the default action is taken, which is the end of the process.
///
/// # Errors
///
/// When there is no event for such a signal.
pub(crate) fn disposition(signal: i32) -> io::Result<Disposition> {
    if EVENTS.iter().any(|(_, known)| *known == signal) {
        Ok(Disposition::Default)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// Does what the system would have done with an event that a handler of ours has taken, and that nobody has heard of:
/// it ends the process. The event itself cannot be made again for this process alone.
pub(crate) fn send_again(signal: i32) {
    end_by_default_action(signal);
}

/// A handler of an event, as long as this lives.
#[derive(Debug)]
pub(crate) struct Registration {
    signal: i32,
}

impl Registration {
    /// Has `handler` called with the signal whenever its event comes, on the thread that the system has started for
    /// that. Nobody tells who has made the event.
    ///
    /// `handler` must not wait: the end of another registration waits for it, and so do other events.
    ///
    /// # Errors
    ///
    /// When there is no such event, or the system has no memory for a routine.
    pub(crate) fn new(
        signal: i32,
        handler: impl Fn(i32, Option<Sender>) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        static LAST_IS_THERE: AtomicBool = AtomicBool::new(false);
        disposition(signal)?;
        // The handler comes before the routines, or the first of these would leave an event to the system. The lock is
        // given back at once: see above.
        lock(&HANDLERS).insert(signal, Box::new(handler));
        let registration = Registration { signal };
        // Relaxed: one app registers at a time, and a routine that is registered twice does no harm.
        if !LAST_IS_THERE.load(Ordering::Relaxed) {
            add(last)?;
            LAST_IS_THERE.store(true, Ordering::Relaxed);
        }
        renew_first()?;
        Ok(registration)
    }

    pub(crate) fn signal(&self) -> i32 {
        self.signal
    }

    /// Returns `None`: nothing tells which routines others have registered. [`come_first`] is what is done about these.
    #[allow(clippy::unused_self, reason = "it is told elsewhere")]
    pub(crate) fn replaced_by(&self) -> Option<Disposition> {
        None
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // The lock is taken, so that no handler is under way when this returns.
        lock(&HANDLERS).remove(&self.signal);
    }
}

/// Has the app's routine called before those that others have registered so far, and before tokio's.
///
/// A thread does that, and is not waited for any longer than a moment: the console may be gone, and then a routine
/// holds the console's lock for good.
pub(crate) fn come_first() {
    const MOMENT: Duration = Duration::from_millis(100);
    let renew = |()| {
        // Nobody listens to what this returns, so tokio's routine leaves the event to others until the program listens
        // to one.
        #[cfg(feature = "tokio")]
        drop(tokio::signal::windows::ctrl_c());
        // Without memory for the routine the other one tells the app.
        let _ = renew_first();
    };
    if let Ok(done) = ask("aplomb-console", (), renew) {
        done.wait(MOMENT);
    }
}

fn renew_first() -> io::Result<()> {
    // SAFETY: the routine is a function, which stays. To take one away that is not there is an error, and nothing else.
    unsafe { SetConsoleCtrlHandler(Some(first), FALSE) };
    add(first)
}

fn add(routine: unsafe extern "system" fn(u32) -> BOOL) -> io::Result<()> {
    // SAFETY: the routine is a function that stays, as the two that this is called with do. Neither unwinds, nor needs
    // anything of the thread that it is called on.
    check(unsafe { SetConsoleCtrlHandler(Some(routine), TRUE) })
}

/// The routine that is called first. It tells the app, and leaves the event to the others as well.
unsafe extern "system" fn first(event: u32) -> BOOL {
    IS_TOLD.set(tell(event));
    FALSE
}

/// The routine that was there before others. It keeps the process from its end.
unsafe extern "system" fn last(event: u32) -> BOOL {
    BOOL::from(IS_TOLD.take() || tell(event))
}

/// Tells the app of an event. Returns `false` where the event is no app's.
///
/// Having told of the end of the console, this does not return: when a routine returns from that event, whatever it
/// returns, the process ends at once. The app's end ends this thread, or the system does, five seconds after the event.
fn tell(event: u32) -> bool {
    let Some((_, signal)) = EVENTS.iter().find(|(known, _)| *known == event) else {
        return false;
    };
    // The lock is held until the handler has returned: see `Registration::drop`.
    match lock(&HANDLERS).get(signal) {
        Some(handler) => handler(*signal, None),
        None => return false,
    }
    while event == CTRL_CLOSE_EVENT {
        thread::park();
    }
    true
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI32;
    use std::sync::mpsc::RecvTimeoutError;
    use std::sync::{Arc, mpsc};

    use windows_sys::Win32::System::Console::CTRL_LOGOFF_EVENT;

    use super::*;

    /// Calls the routines as the system does, on a thread of its own. Returns what they have returned, or `None` where
    /// they stay.
    fn call(
        routines: Vec<unsafe extern "system" fn(u32) -> BOOL>,
        event: u32,
    ) -> Option<Vec<BOOL>> {
        let (send, returned) = mpsc::channel();
        thread::spawn(move || {
            // SAFETY: these functions may be called on any thread, with any number.
            let all = routines.iter().map(|routine| unsafe { routine(event) });
            send.send(all.collect()).expect("the test waits");
        });
        match returned.recv_timeout(Duration::from_secs(2)) {
            Ok(returned) => Some(returned),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the thread has panicked"),
        }
    }

    /// One test, since the handlers are the process's.
    #[test]
    fn an_event_is_told_once_and_ends_nothing() {
        let both = || vec![first as unsafe extern "system" fn(u32) -> BOOL, last];
        for (event, _) in EVENTS {
            assert_eq!(call(both(), event), Some(vec![FALSE, FALSE]), "no app's");
        }
        let told = Arc::new(EVENTS.map(|_| AtomicI32::new(0)));
        let register = |signal| {
            let told = Arc::clone(&told);
            Registration::new(signal, move |signal, sender| {
                assert_eq!(sender, None);
                let place = EVENTS.iter().position(|(_, known)| *known == signal);
                let place = place.expect("one of the three");
                told[place].fetch_add(1, Ordering::SeqCst);
            })
        };
        let all = EVENTS.map(|(_, signal)| register(signal).expect("it exists"));
        assert!(register(99).is_err());
        let counts = || told.each_ref().map(|count| count.load(Ordering::SeqCst));
        assert_eq!(call(both(), CTRL_C_EVENT), Some(vec![FALSE, TRUE]));
        assert_eq!(counts(), [1, 0, 0]);
        assert_eq!(call(vec![last], CTRL_BREAK_EVENT), Some(vec![TRUE]));
        assert_eq!(counts(), [1, 1, 0]);
        assert_eq!(call(both(), CTRL_LOGOFF_EVENT), Some(vec![FALSE, FALSE]));
        // Neither returns, or the process would be gone.
        assert_eq!(call(both(), CTRL_CLOSE_EVENT), None);
        assert_eq!(call(vec![last], CTRL_CLOSE_EVENT), None);
        assert_eq!(counts(), [1, 1, 2]);
        drop(all);
        for (event, _) in EVENTS {
            assert_eq!(call(both(), event), Some(vec![FALSE, FALSE]), "no app's");
        }
        assert_eq!(counts(), [1, 1, 2]);
    }
}
