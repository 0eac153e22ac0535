//! Starting a child: from a command to a [`Managed`] that the supervisor has, and a [`Child`] for the program.

use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::answer::Answer;
use super::child::Child;
use super::command::{IntoCommand, Sealed, Streams};
use super::handle::ChildHandle;
use super::managed::{Managed, Plan};
use super::options::{SpawnOptions, StopSignal};
use super::readiness::{NotReady, Why};
use super::supervisor::{self, Supervisor, closed, ring};
use super::under_way::UnderWay;
use crate::observe::ChildEvent;
use crate::signal::SIGCHLD;
use crate::sync::{hand_over, lock};
use crate::sys::{self, Disposition, Group, Orders};

impl SpawnOptions {
    /// Starts a child with these options.
    ///
    /// Where the child is to be [ready](Self::ready_within) within a time, this is an interruption point: at the
    /// cancellation the child is asked to end, and waited for; or is killed, where its program has not begun. Inside a
    /// shield only the child and the time end the wait. In a task it blocks the thread: await
    /// [`spawn_async`](Self::spawn_async) there.
    ///
    /// # Errors
    ///
    /// Those of [`spawn`](super::spawn). Of a child that is not ready in time: an error that holds a
    /// [`NotReady`](super::NotReady), with the child's status, when the child has ended; at the cancellation one that
    /// holds [`Cancelled`](crate::Cancelled), which is no failure of a phase that returns it.
    pub fn spawn<C: IntoCommand>(&self, command: C) -> io::Result<Child<C::Command>> {
        let child = self.begin(command)?;
        child.handle().wait_until_ready()?;
        Ok(child)
    }

    /// Starts a child with these options, and waits in a task, on any executor, until the child is
    /// [ready](Self::ready_within) where it is to say so. No request ends this wait. To drop the future asks the child
    /// to end, and has it killed if it does not.
    ///
    /// The first poll blocks until the child's program has begun, as [`spawn`](super::spawn) does.
    ///
    /// ```no_run
    /// # use aplomb::{Shutdown, process::SpawnOptions};
    /// # use std::{process::Command, time::Duration};
    /// # async fn example(shutdown: &Shutdown) -> Result<(), Box<dyn std::error::Error>> {
    /// let options = SpawnOptions::new().ready_within(Duration::from_secs(10));
    /// let server = options.spawn_async(Command::new("server"));
    /// let server = shutdown.run_until_cancelled(server).await??;
    /// # let _ = server;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`spawn`](Self::spawn); `Cancelled` only where the program has not begun.
    pub async fn spawn_async<C: IntoCommand>(&self, command: C) -> io::Result<Child<C::Command>> {
        let child = self.begin(command)?;
        child.handle().until_ready().await?;
        Ok(child)
    }

    /// Starts a child, which may not be ready yet.
    fn begin<C: IntoCommand>(&self, mut command: C) -> io::Result<Child<C::Command>> {
        let command = command.as_command();
        C::Command::check()?;
        let command = command.as_std_mut();
        let program = Path::new(command.get_program()).to_owned();
        let name = self.name_of(&program);
        let (managed, streams) = start(self, command, &name).map_err(|why| match why {
            NotStarted::Failed(error) => cannot_start(&error, &name, &program),
            NotStarted::GivenUp(error) => error,
        })?;
        // The streams are converted after the supervisor has the child: so the exit ends the child, also when that
        // fails.
        Child::new(managed, streams)
    }
}

/// Why a child was not started.
enum NotStarted {
    /// The system, or the program, has kept it from that.
    Failed(io::Error),
    /// Nobody waits for it any more.
    GivenUp(io::Error),
}

impl From<io::Error> for NotStarted {
    fn from(error: io::Error) -> Self {
        NotStarted::Failed(error)
    }
}

/// What a forking thread is to do.
struct Order {
    /// The command is the caller's, who lends it. The forking thread owns it meanwhile, and gives it back.
    lent: Mutex<Option<Command>>,
    under_way: Arc<UnderWay>,
    answer: Answer<io::Result<Started>>,
}

type Started = (Arc<Managed>, Streams);

/// Starts a child, on a forking thread.
fn start(options: &SpawnOptions, command: &mut Command, name: &str) -> Result<Started, NotStarted> {
    let supervisor = supervisor::get_or_start()?;
    match options.stop_signal {
        StopSignal::EndOfInput => {
            command.stdin(Stdio::piped());
        }
        StopSignal::Signal(signal) => Group::can_send(signal)?,
    }
    let plan = Plan::new(name.to_owned(), options.clone())?;
    let until = plan.ready_until;
    let under_way = Arc::new(UnderWay::new(name, options.foreground)?);
    let order = Arc::new(Order {
        lent: Mutex::new(Some(mem::replace(command, Command::new("")))),
        under_way,
        answer: Answer::new(),
    });
    let given = Arc::clone(&order);
    supervisor.on_forking_thread(move |supervisor| given.carry_out(supervisor, plan));
    let waited = order.answer.wait(&supervisor, until);
    let is_given_up = !matches!(waited, Ok(Ok(true))) && order.give_up();
    // A command whose child cannot be killed is lost.
    if let Some(returned) = order.take_command() {
        *command = returned;
    }
    let started = order.answer.take();
    if !is_given_up {
        return Ok(started.unwrap_or_else(|| Err(panicked()))?);
    }
    // The child was killed, and its end is awaited, where it is known.
    let child = started.transpose()?.map(|(managed, _)| managed);
    let status = |child: &Arc<Managed>| ChildHandle::new(Arc::clone(child)).wait_to_the_end().ok();
    let status = child.as_ref().and_then(status);
    Err(match waited {
        Err(error) => NotStarted::Failed(error),
        Ok(Err(cancelled)) => NotStarted::GivenUp(cancelled.into()),
        Ok(Ok(_)) => {
            let not_ready = child.and_then(|child| child.not_ready(status));
            let not_ready = not_ready.unwrap_or_else(|| NotReady {
                child: order.under_way.words().to_owned(),
                why: Why::Late,
                limit: options.ready_within.unwrap_or_default(),
                status,
            });
            NotStarted::GivenUp(not_ready.into())
        }
    })
}

impl Order {
    fn take_command(&self) -> Option<Command> {
        // The lock decides whether the forking thread takes the command, or whoever waits for it takes it back. It is
        // held for that alone, since dropping a command runs code of the program's.
        lock(&self.lent).take()
    }

    /// Starts the child, unless nobody waits for it any more.
    fn carry_out(&self, supervisor: &Supervisor, plan: Plan) {
        let Some(mut command) = self.take_command() else {
            return;
        };
        let fork = || fork(supervisor, &mut command, plan, &self.under_way);
        let started = catch_unwind(AssertUnwindSafe(fork)).unwrap_or_else(|_| Err(panicked()));
        // The command comes before the answer, at which it is taken back. The lock is for that only.
        *lock(&self.lent) = Some(command);
        self.answer.give(started);
    }

    /// Gives the start up. Returns `false` where the child was started before that.
    fn give_up(&self) -> bool {
        // A child that is killed ends soon, and the answer comes then. It does not where the kernel cannot kill it.
        const TRIES: u32 = 20;
        const MOMENT: Duration = Duration::from_millis(50);
        if !self.under_way.give_up() {
            // The answer follows at once, since no code of the program's comes before it.
            while !self.answer.wait_at_most(MOMENT) {}
            return false;
        }
        // Where no thread has begun with it, none does.
        let returned = self.take_command();
        if returned.is_some() {
            // The lock is for that only, as above.
            *lock(&self.lent) = returned;
            return true;
        }
        for _ in 0..TRIES {
            if self.answer.wait_at_most(MOMENT) {
                break;
            }
            // The child may not have told its process id before.
            self.under_way.kill();
        }
        true
    }
}

/// Forks, and hands the child over to the supervisor.
fn fork(
    supervisor: &Supervisor,
    command: &mut Command,
    mut plan: Plan,
    under_way: &Arc<UnderWay>,
) -> io::Result<Started> {
    struct Finish<'a>(&'a Supervisor, &'a Arc<UnderWay>);
    impl Drop for Finish<'_> {
        fn drop(&mut self) {
            self.1.end();
            self.0.finish_start(self.1);
        }
    }
    if !supervisor.begin_start(under_way) {
        return Err(closed());
    }
    // Dropped when the child was taken in, or killed.
    let _finish = Finish(supervisor, under_way);
    let orders = Orders {
        own_group: !plan.options.foreground,
        ends_with_us: !plan.options.outlives,
        creation_flags: plan.options.creation_flags,
    };
    let ready = plan.ready_writer.take();
    match &ready {
        Some(end) => end.tell(command)?,
        None => sys::keep_to_ourselves(command),
    }
    // The standard library panics where a child that could not become the program is reaped by other code.
    let spawned = catch_unwind(AssertUnwindSafe(|| {
        sys::spawn(command, orders, ready.as_ref(), under_way.birth())
    }));
    if let Some(end) = ready {
        sys::untell(command);
        // Only the child has this end from here on. So we learn when it has closed it.
        drop(end);
    }
    let (mut process, group) = spawned.unwrap_or_else(|_| Err(panicked()))?;
    let lifeline = match plan.options.stop_signal {
        StopSignal::EndOfInput => process.stdin.take(),
        StopSignal::Signal(_) => None,
    };
    let streams = Streams {
        stdin: process.stdin.take(),
        stdout: process.stdout.take(),
        stderr: process.stderr.take(),
    };
    let managed = Arc::new(Managed::new(plan, process, group, lifeline));
    if under_way.end() {
        // This comes before the supervisor learns of the child: the end of one that was given up means nothing else.
        managed.give_up();
    }
    // Before the supervisor learns of it, and may tell of its end.
    managed.tell(ChildEvent::Started);
    let kept = if supervisor.take_in(&managed) {
        watch(&managed)
    } else {
        Err(closed())
    };
    match kept {
        Ok(()) => Ok((managed, streams)),
        Err(error) => {
            managed.kill();
            if !managed.is_watched() {
                // Nothing else would tell the supervisor to reap it. What was killed ends soon.
                managed.wait_for_process();
            }
            ring();
            Err(error)
        }
    }
}

/// Has the supervisor notice the child's end. Where the kernel has no descriptor for that, a thread waits for it.
fn watch(managed: &Arc<Managed>) -> io::Result<()> {
    if managed.is_watched() {
        return Ok(());
    }
    let started = hand_over("aplomb-child", Arc::clone(managed), |managed| {
        managed.wait_for_process();
        ring();
    });
    started.map_err(|_| io::Error::other("there is no thread left to wait for it"))
}

fn panicked() -> io::Error {
    // A child that could not become the program ends, and the kernel reaps it by itself where SIGCHLD is ignored. The
    // standard library does not expect that, and so never tells why the child could not.
    let ignored = sys::disposition(SIGCHLD).is_ok_and(|now| now == Disposition::Ignored);
    io::Error::other(if ignored {
        "SIGCHLD is ignored in this process, so what has kept it from starting is lost"
    } else {
        "the standard library has panicked over it"
    })
}

/// Returns the error with what could not be started: the child's name, and the program where that is something else.
fn cannot_start(error: &io::Error, name: &str, program: &Path) -> io::Error {
    let what = if program == Path::new(name) {
        format!("`{name}`")
    } else {
        format!("`{name}` ({})", program.display())
    };
    io::Error::new(error.kind(), format!("cannot start {what}: {error}"))
}
