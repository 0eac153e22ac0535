//! Everything that an app may be told.

use std::time::Duration;

use super::App;
use crate::phase::List;
use crate::status::ExitPolicy;

impl<L: List> App<L> {
    /// The signals that ask the app to stop, eight at the most; SIGINT, SIGTERM and SIGHUP where
    /// this is not called. Numbers as in [`signal`](crate::signal). One that also has a [function](crate::App::on) calls that, and
    /// does not ask the app to stop; the attribute refuses a signal that is in both.
    ///
    /// SIGPIPE cannot be one of them, since Rust's runtime ignores it before `main`, so it would never ask for the
    /// shutdown; nor can a signal that does not ask a process to end, such as SIGCHLD or SIGWINCH. The app does not begin
    /// then: [`Error::Signal`](crate::Error::Signal). `on` may have a function called for it.
    ///
    /// SIGQUIT is for the way out that always works, Ctrl-\\, unless it is named here or has a function. Where this process is PID 1 of
    /// a container, and the kernel would drop it, a handler ends the process with 131 at once, so an image whose stop signal is
    /// SIGQUIT is to name it here.
    ///
    /// A handler that the program has installed for one of them before is called first, as part of ours, and so is that of a
    /// signal with a [function](crate::App::on). It runs as ours does then, whatever it was installed with: with every
    /// signal blocked but those that report a fault, on the thread's alternate stack (`sigaltstack(2)`), which
    /// the standard library makes as small as 8 KiB, and with system calls restarted.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// use aplomb::signal::{SIGINT, SIGTERM, SIGUSR1};
    ///
    /// app.signals(&[SIGINT, SIGTERM, SIGUSR1]).main();
    /// ```
    pub fn signals(mut self, signals: &'static [i32]) -> Self {
        self.options.signals = signals;
        self
    }

    /// How long `start` may take. Past it the process ends with 124; so with the other deadlines.
    ///
    /// Deadlines count ticks of a tenth of a second, so that a process that was stopped does not
    /// find them spent. They cut shields too.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.timeout_start(Duration::from_secs(30)).main();
    /// ```
    pub fn timeout_start(mut self, timeout: Duration) -> Self {
        self.options.timeout_start = Some(timeout);
        self
    }

    /// How long `run` may take to end, from the request.
    ///
    /// When it has passed, the `run` of an async app is dropped where it waits, and `stop` runs; what it has
    /// spawned goes on, as after any end of `run`. In an app of threads `stop` is not run: its
    /// time goes to the shields that are held.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.timeout_run(Duration::from_secs(10)).main();
    /// ```
    pub fn timeout_run(mut self, timeout: Duration) -> Self {
        self.options.timeout_run = Some(timeout);
        self
    }

    /// How long `stop` may take, or what undoes a failed `start`; and before that, as long again, the
    /// shields that are held when `run` has ended.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.timeout_stop(Duration::from_secs(20)).main();
    /// ```
    pub fn timeout_stop(mut self, timeout: Duration) -> Self {
        self.options.timeout_stop = Some(timeout);
        self
    }

    /// How long the whole shutdown may take, from the request. A little less than what the one has
    /// patience for who asks: systemd 90 s, Kubernetes 30 s, Docker 10 s, where they are told nothing.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.deadline(Duration::from_secs(25)).main();
    /// ```
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = Some(deadline);
        self
    }

    /// How long after the request `run` is cancelled, less than `timeout_run` and `deadline`: time for a load balancer to send its requests
    /// elsewhere, once it sees that [`is_requested`](crate::Shutdown::is_requested) is true. A further Ctrl-C ends it.
    ///
    /// What comes before `run` has nothing to drain: a request in `start` cancels at once. So tell clients that you are ready
    /// in `run`, and not before.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.drain(Duration::from_secs(5)).main();
    /// ```
    pub fn drain(mut self, drain: Duration) -> Self {
        self.options.drain = Some(drain);
        self
    }

    /// Which SIGINT, of those that come 100 ms or more after the one before, ends the process at
    /// once, inside shields too: from 2 on. None does where this is not called, or with 0.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.force_after(3).main();
    /// ```
    pub fn force_after(mut self, interrupts: u8) -> Self {
        self.options.force_after = Some(interrupts);
        self
    }

    /// Reaps orphans: descendants of this process whose parent has ended, which become its children where it is PID 1, as in a
    /// container; where it is not, it asks the kernel for them (`PR_SET_CHILD_SUBREAPER`, `prctl(2)`). Who does not
    /// reap them keeps zombies until the end. On Linux; elsewhere the app cannot begin.
    ///
    /// The children that the program has started itself are left alone, in whatever way they were started: their statuses
    /// are for those who wait for them. The kernel tells them apart by the thread that has forked them, so there are two
    /// exceptions: children that the initial thread has started, before the app, and children of a thread that has ended since.
    /// Those of the feature `process` are never among them.
    ///
    /// Orphans that still live when the app ends are the next reaper's; those of PID 1 the kernel kills.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.reap_orphans().main();
    /// ```
    pub fn reap_orphans(mut self) -> Self {
        self.options.reap_orphans = true;
        self
    }

    /// What status a signal leads to.
    pub fn exit(mut self, exit: ExitPolicy) -> Self {
        self.options.exit = exit;
        self
    }
}
