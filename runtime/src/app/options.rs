//! The options of an app, each a method of [`App`].

use std::time::Duration;

use super::App;
use crate::phase::List;
use crate::status::ExitPolicy;

impl<L: List> App<L> {
    /// Names the shutdown signals: those that ask the app to stop. Without this call they are SIGINT, SIGTERM and
    /// SIGHUP.
    ///
    /// There are eight at the most. Their numbers are constants in [`signal`](crate::signal). A signal that also has a
    /// [function](crate::App::on) calls that function, and does not ask the app to stop; the attribute refuses such a
    /// signal.
    ///
    /// A signal that the process was started with as ignored stays ignored, as `nohup(1)` and shells want it.
    ///
    /// SIGQUIT, which is Ctrl-\\ at a terminal, ends the process at once, unless it is named here or has a function. As
    /// PID 1 of a container, where the kernel drops a signal that has no handler, a handler ends the process with 131.
    /// So an image whose stop signal is SIGQUIT has to name SIGQUIT here.
    ///
    /// A handler that the program has installed before for one of the app's signals is called first, as a part of the
    /// app's handler. So it runs in the way of that one, whatever it was installed with: with every signal blocked but
    /// those that report a fault, on the thread's alternate stack (`sigaltstack(2)`), which the standard library makes
    /// as small as 8 KiB, and with system calls restarted (`SA_RESTART`).
    ///
    /// # Signals that somebody else takes
    ///
    /// Other code in the process may handle one of these signals as well. What uses signal-hook's registry does no
    /// harm: all of its users get the signal. What calls `sigaction(2)` by itself has the signal alone, and the app
    /// does not hear of it any more. If that has happened when `start` has ended, a line on standard error names the
    /// signal: "SIGTERM is now handled by other code in the process". What is taken later is not noticed. These are
    /// known to take signals:
    ///
    /// - A Java virtual machine takes SIGHUP, SIGINT and SIGTERM, and ends the process by itself when one comes; and
    ///   SIGQUIT. With its option `-Xrs` it leaves these alone. SIGPIPE, SIGUSR2 and SIGXFSZ it takes in any case.
    /// - Go's `signal.Notify` takes the signals that it names. A Go library that does not call it takes SIGPIPE and
    ///   SIGURG.
    /// - Python's `signal.signal` takes the signal that it names. `Py_Initialize` takes nothing that an app has.
    /// - The crate `ctrlc` takes SIGINT, and with its feature `termination` SIGHUP and SIGTERM, too.
    /// - The crate `rustyline` takes SIGINT for as long as there is an `Editor` on a terminal. With its feature
    ///   `signal-hook` it does not.
    ///
    /// # Errors
    ///
    /// The app does not begin, and [`run`](App::run) returns
    ///
    /// - [`Error::Signal`](crate::Error::Signal) for SIGPIPE, which Rust's runtime ignores before `main`, so that it
    ///   would never come; for a signal that does not ask a process to end, such as SIGCHLD or SIGWINCH; and for one
    ///   that cannot be handled, such as SIGKILL. The first two may have a [function](crate::App::on).
    /// - [`Error::Twice`](crate::Error::Twice) if a signal is named twice, and
    ///   [`Error::TooManySignals`](crate::Error::TooManySignals) if there are more than eight.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// use aplomb::signal::{SIGINT, SIGTERM, SIGUSR1};
    ///
    /// app.signals(&[SIGINT, SIGTERM, SIGUSR1]).main();
    /// ```
    #[doc(alias("sigaction", "sigint", "sigterm", "sighup"))]
    pub fn signals(mut self, signals: &'static [i32]) -> Self {
        self.setup.options.signals = signals;
        self
    }

    /// Limits how long `start` may take. When the limit has passed, what is in the way is named on standard error, and
    /// the process ends with status 124, shields or not.
    ///
    /// Limits are counted in ticks of a tenth of a second. Of each time in which the process does not run, since it is
    /// stopped (SIGSTOP) or the computer sleeps, a second counts at the most; so a limit comes later then. A limit of
    /// zero is an [`Error::Contradiction`](crate::Error::Contradiction).
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.timeout_start(Duration::from_secs(30)).main();
    /// ```
    pub fn timeout_start(mut self, timeout: Duration) -> Self {
        self.setup.options.limits.timeout_start = Some(timeout);
        self
    }

    /// Limits how long `run` may take to end, counted from the request. When the limit has passed, the exit status is
    /// 124.
    ///
    /// The `run` of an async app is dropped then where it waits, and `stop` runs. What `run` has spawned goes on, as
    /// after any end of `run`. In an app of threads nothing can end `run`, so it has one more second, which begins when
    /// the shields have ended that are held at that moment. If `run` returns by then, `stop` runs. Otherwise the
    /// process ends without it, as soon as no shield is held. These waits for shields may each take as long as
    /// [`timeout_stop`](App::timeout_stop) says, or else as long as this limit.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.timeout_run(Duration::from_secs(10)).main();
    /// ```
    pub fn timeout_run(mut self, timeout: Duration) -> Self {
        self.setup.options.limits.timeout_run = Some(timeout);
        self
    }

    /// Limits how long `stop` may take. When the limit has passed, what is in the way is named on standard error, and
    /// the process ends with status 124, shields or not.
    ///
    /// What undoes a failed `start` has as long. So has the wait, between `run` and `stop`, for the shields that are
    /// held when `run` has ended; `stop` has its own time afterwards.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.timeout_stop(Duration::from_secs(20)).main();
    /// ```
    pub fn timeout_stop(mut self, timeout: Duration) -> Self {
        self.setup.options.limits.timeout_stop = Some(timeout);
        self
    }

    /// Limits how long the whole shutdown may take, counted from the request, or from the end of a `run` that nobody
    /// has asked to end. When the limit has passed, what is in the way is named on standard error, and the process ends
    /// with status 124.
    ///
    /// A part of it is kept for `stop`: as long as [`timeout_stop`](App::timeout_stop), where that is set and shorter,
    /// or else a quarter. When only that part is left and `run` has not ended, `run` is given up as when
    /// [`timeout_run`](App::timeout_run) has passed: the `run` of an async app is dropped, any other has one more
    /// second. `stop` runs if `run` has ended by then, and the exit status is 124.
    ///
    /// Choose a little less than the time after which a service manager kills the process: by default systemd waits 90
    /// s, Kubernetes 30 s, Docker 10 s.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.deadline(Duration::from_secs(25)).main();
    /// ```
    #[doc(alias = "grace_period")]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.setup.options.limits.deadline = Some(deadline);
        self
    }

    /// Sets how long after the request `run` is cancelled. Meanwhile the app drains: it goes on, but is no longer
    /// ready.
    ///
    /// In this time [`is_requested`](crate::Shutdown::is_requested) is true already. A health check that looks at it
    /// tells a load balancer to send its requests elsewhere. A further Ctrl-C ends the drain.
    ///
    /// A request before `run` has nothing to drain, so it cancels at once. Tell clients in `run` that you are ready,
    /// and not before.
    ///
    /// # Errors
    ///
    /// A drain has to be shorter than [`timeout_run`](App::timeout_run), and than the part of
    /// [`deadline`](App::deadline) that is not kept for `stop`. Both begin with the request as well. Otherwise the app
    /// does not begin, and [`run`](App::run) returns [`Error::Contradiction`](crate::Error::Contradiction).
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.drain(Duration::from_secs(5)).main();
    /// ```
    pub fn drain(mut self, drain: Duration) -> Self {
        self.setup.options.limits.drain = Some(drain);
        self
    }

    /// Sets how long after the cancellation the `run` of an async app is dropped where it waits. `stop` runs then.
    ///
    /// That is no failure: the exit status is the one that it would have been, and one line on standard error says that
    /// `run` was dropped. Where it is a failure that `run` has not ended, use [`timeout_run`](App::timeout_run), which
    /// leads to status 124. What `run` has spawned goes on, as after any end of `run`, until the process ends.
    ///
    /// A shield that is held in `run` is waited for first. A `run` that blocks its thread cannot be dropped; that is
    /// said, and other limits still hold.
    ///
    /// # Errors
    ///
    /// A `run` of threads cannot be dropped. And the grace, after the [`drain`](App::drain), has to be over before
    /// [`timeout_run`](App::timeout_run) is, and before `run` has had its part of [`deadline`](App::deadline).
    /// Otherwise the app does not begin, and [`run`](App::run) returns
    /// [`Error::Contradiction`](crate::Error::Contradiction).
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App, Executor, Shutdown};
    /// # use std::future::pending;
    /// # use std::time::Duration;
    /// # let executor = Executor::block_on(drop);
    /// async fn run() {
    ///     pending().await
    /// }
    ///
    /// App::executor(executor).phases(Absent, run, Absent).grace(Duration::from_secs(10)).main();
    /// ```
    pub fn grace(mut self, grace: Duration) -> Self {
        self.setup.options.limits.grace = Some(grace);
        self
    }

    /// Limits how long `std::process::exit` waits for the shields of other threads and tasks, where no other limit is
    /// in force. Without this call it waits for ten seconds. With `Duration::MAX` it waits for ever.
    ///
    /// A call of `std::process::exit` ends the process without `stop`. Before that it waits until no other shield is
    /// held. Some shields never end then: that of a `stop` which joins the thread that has called `exit`, or that of a
    /// second thread that calls `exit`, which the standard library stops for good. So this wait has a limit. What is
    /// still held when it has passed is named on standard error and cut, the exit functions are called, and the process
    /// ends with the code of the call.
    ///
    /// [`timeout_start`](App::timeout_start), [`timeout_run`](App::timeout_run), [`timeout_stop`](App::timeout_stop)
    /// and [`deadline`](App::deadline) go on counting after the call. While one of them is in force this limit does not
    /// count; when that one has passed, the process ends with status 124. The limit is counted in ticks, as those are,
    /// and may not be zero.
    ///
    /// To end the app with a code and with `stop`, call [`Shutdown::request_exit`](crate::Shutdown::request_exit).
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.exit_wait(Duration::from_secs(3)).main();
    /// ```
    pub fn exit_wait(mut self, limit: Duration) -> Self {
        self.setup.options.limits.exit_wait = Some(limit);
        self
    }

    /// Explains a stop that took at least so long: its [`Timeline`](crate::Timeline) is printed on standard error at
    /// the end, also at an end by force. A limit of zero explains each stop.
    ///
    /// Who runs the program decides by the environment: with `APLOMB_EXPLAIN=1` each stop is explained, and with
    /// `APLOMB_EXPLAIN=0` none.
    ///
    /// Nothing is printed where the process ends without the library: by SIGKILL or SIGQUIT, by `abort`, or by the
    /// SIGINT of [`force_after`](App::force_after).
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.explain(Duration::from_secs(1)).main();
    /// ```
    pub fn explain(mut self, limit: Duration) -> Self {
        self.setup.options.limits.explain = Some(limit);
        self
    }

    /// Sets which SIGINT ends the process at once, inside shields, too. Only SIGINTs count that come 100 ms or more
    /// after the one before.
    ///
    /// The number is 2 or more: the first SIGINT asks for the shutdown. Without this call, or with 0, no number of
    /// SIGINTs ends the process inside a shield.
    ///
    /// # Errors
    ///
    /// Where SIGINT is no shutdown signal, and where `interrupts` is 1, the app does not begin, and [`run`](App::run)
    /// returns [`Error::Contradiction`](crate::Error::Contradiction). The first SIGINT asks for the shutdown, so it
    /// cannot force the end.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # use std::time::Duration;
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.force_after(3).main();
    /// ```
    pub fn force_after(mut self, interrupts: u8) -> Self {
        self.setup.options.force_after = Some(interrupts);
        self
    }

    /// Reaps orphans: descendants of this process whose parent has ended. An orphan that nobody reaps is a zombie until
    /// this process ends.
    ///
    /// Orphans become children of PID 1, such as the first process of a container. Where this process is not PID 1, it
    /// asks the kernel for the orphans among its descendants (`PR_SET_CHILD_SUBREAPER`, `prctl(2)`).
    ///
    /// Children that the program has started itself are not reaped: their statuses are for the code that waits for
    /// them. The kernel tells orphans from children by the thread that has forked them. So there are two exceptions,
    /// which are reaped as if they were orphans: children that the initial thread has started before the app, and
    /// children of a thread that has ended since. Children of the feature `process` are never reaped like that.
    ///
    /// Orphans that still live when the app ends go to the next reaper. Those of PID 1 are killed by the kernel.
    ///
    /// # Errors
    ///
    /// Only Linux and FreeBSD can tell orphans from children, Linux only on the process's initial thread. Elsewhere the
    /// app does not begin, and [`run`](App::run) returns [`Error::Orphans`](crate::Error::Orphans).
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.reap_orphans().main();
    /// ```
    pub fn reap_orphans(mut self) -> Self {
        self.setup.options.reap_orphans = true;
        self
    }

    /// Has nothing printed on standard error but the lines that say why the process ends with a failure, such as
    /// `Error: …` or a deadline that has passed.
    ///
    /// What the end waits for, for instance, is not named then. [`report`](App::report) hands the lines to a function.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App};
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.report_off().main();
    /// ```
    pub fn report_off(mut self) -> Self {
        self.setup.options.says_nothing = true;
        self.setup.observers.report_off();
        self
    }

    /// Gives the terminal the modes back that it had when the app began, whenever the app ends in the terminal's
    /// foreground. Without this call the modes stay as they are at the end.
    ///
    /// The modes are what `stty -a` shows (`termios(3)`): whether keys are echoed, and whether a program gets whole
    /// lines or each key. A program that asks for a password, edits a line or draws on the whole screen changes them.
    /// If it ends half-way, nothing is seen of what the user types next.
    ///
    /// The modes are set back on every end that this library has a part in: the normal one, `std::process::exit` on any
    /// thread, an end by force, a deadline, [`force_after`](App::force_after), and the death by a shutdown signal; and
    /// when [`run`](App::run) returns. They are not set back when SIGQUIT, SIGKILL or `abort` ends the process. SIGQUIT
    /// is Ctrl-\\; where that should leave a clean terminal, too, name it in [`signals`](App::signals).
    ///
    /// The terminal is the one that controls the process, which is opened as `/dev/tty`, whichever streams are
    /// redirected. In the background nothing is set back, since the modes are those of the shell there. When the
    /// process is stopped by Ctrl-Z nothing is done either: shells set modes of their own then, and a program that has
    /// changed the modes does so again when it goes on, as by `on(SIGCONT, ..)`. If another program of the same
    /// pipeline has changed the modes, as in `app | less`, that is undone as well.
    ///
    /// With this option SIGTTOU is blocked in the thread that runs `stop`, what takes a failed `start` back, and the
    /// exit functions. Otherwise a program that sets modes there would be stopped in the background, in the middle of
    /// its end. A child that is started there by the standard library inherits the blocked signal; a child of the
    /// feature `process` does not.
    ///
    /// # Full-screen programs
    ///
    /// Escape sequences are no modes, so this library knows nothing of them. A program that has hidden the cursor or is
    /// on the alternate screen takes that back itself: when `run` returns, since an `Err` of `run` is printed before
    /// `stop`; and by an exit function, for an end that comes from elsewhere. No code of the program's runs at an end
    /// by force or by a deadline.
    ///
    /// ```no_run
    /// use aplomb::{Absent, App, Shutdown, at_exit};
    /// use std::io::{self, Write};
    /// use std::sync::atomic::{AtomicBool, Ordering};
    ///
    /// static IS_ON: AtomicBool = AtomicBool::new(false);
    ///
    /// struct Screen;
    ///
    /// impl Screen {
    ///     fn enter() -> io::Result<Self> {
    ///         at_exit(leave);
    ///         // Here the program would set its modes, as `crossterm::terminal::enable_raw_mode` does.
    ///         IS_ON.store(true, Ordering::Relaxed);
    ///         io::stdout().write_all(b"\x1b[?1049h\x1b[?25l")?;
    ///         Ok(Screen)
    ///     }
    /// }
    ///
    /// impl Drop for Screen {
    ///     fn drop(&mut self) {
    ///         leave();
    ///     }
    /// }
    ///
    /// fn leave() {
    ///     if IS_ON.swap(false, Ordering::Relaxed) {
    ///         let _ = io::stdout().write_all(b"\x1b[?25h\x1b[?1049l");
    ///     }
    /// }
    ///
    /// fn run(shutdown: &Shutdown) -> io::Result<()> {
    ///     let screen = Screen::enter()?;
    ///     shutdown.wait();
    ///     Ok(())
    /// }
    ///
    /// fn main() {
    ///     App::new(Absent, run, Absent).restore_terminal().main()
    /// }
    /// ```
    ///
    /// In raw mode Ctrl-C is a key like any other, and no signal. A program that reads this key raises SIGINT
    /// (`raise(3)`): then it stops and dies by that signal as others do. Or it leaves `ISIG` on, and Ctrl-C stays a
    /// signal.
    ///
    /// The example `screen` is a whole program, which can be stopped by Ctrl-Z as well.
    ///
    /// # Prompts
    ///
    /// A thread that reads a line hears of no request, since nothing can end its call. [`run_blocking`] leaves it
    /// behind, and the modes that a prompt for a password has set are taken back at the end. The example `password` is
    /// a whole program.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App, Cancelled, Shutdown};
    /// # use std::{error::Error, io};
    /// # fn turn_echo_off() -> io::Result<()> { Ok(()) }
    /// fn password(shutdown: &Shutdown) -> Result<String, Box<dyn Error>> {
    ///     turn_echo_off()?;
    ///     let read = || io::stdin().lines().next().unwrap_or(Ok(String::new()));
    ///     Ok(shutdown.run_blocking(read)??)
    /// }
    ///
    /// fn run(shutdown: &Shutdown) -> Result<(), Box<dyn Error>> {
    ///     let password = password(shutdown)?;
    ///     Ok(())
    /// }
    ///
    /// # fn main() {
    /// App::new(Absent, run, Absent).restore_terminal().main()
    /// # }
    /// ```
    ///
    /// Some libraries read Ctrl-C as a key:
    ///
    /// - `rustyline` returns `ReadlineError::Interrupted`. Raise SIGINT there, and call the next interruption point.
    ///   The crate needs its feature `signal-hook`: without that it takes SIGINT for itself.
    /// - `rpassword` raises SIGINT by itself, and returns an error of kind `Interrupted`. Call
    ///   [`checkpoint`](crate::Shutdown::checkpoint) before you look at the result, so that it does not count as a
    ///   failure.
    ///
    /// [`run_blocking`]: crate::Shutdown::run_blocking
    pub fn restore_terminal(mut self) -> Self {
        self.setup.options.restore_terminal = true;
        self
    }

    /// Sets which exit status a shutdown signal leads to, if nothing has failed. The default is [`ExitPolicy::Signal`]:
    /// the process dies by that signal.
    ///
    /// ```no_run
    /// # use aplomb::{Absent, App, ExitPolicy};
    /// # let app = App::new(|| (), Absent, Absent);
    /// app.exit(ExitPolicy::Code).main();
    /// ```
    pub fn exit(mut self, exit: ExitPolicy) -> Self {
        self.setup.options.exit = exit;
        self
    }
}
