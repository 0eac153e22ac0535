//! A child and those that it has started: a job object (`CreateJobObjectW`). What a member starts is a member, and no
//! member leaves.
//!
//! The child is a member before it runs, so that it starts nothing else before: it begins suspended, and its thread is
//! resumed then. Should our process be ended between the two, the child stays suspended for ever.
//! `PROC_THREAD_ATTRIBUTE_JOB_LIST` would have the child begin in the job; when the standard library's
//! `spawn_with_attributes` is stable, this is to take it.
//!
//! Jobs are nested, since Windows 8: where our process is a member of one, so are those that it starts.

use std::io;
use std::mem::offset_of;
use std::os::windows::io::{AsHandle, AsRawHandle, OwnedHandle};
use std::os::windows::process::CommandExt;
use std::process::{Child, Command};
use std::ptr;

use windows_sys::Win32::Foundation::{
    ERROR_INVALID_PARAMETER, ERROR_MORE_DATA, FALSE, HANDLE, NTSTATUS, RtlNtStatusToDosError,
};
use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, GenerateConsoleCtrlEvent};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, IsProcessInJob, JOB_OBJECT_LIMIT,
    JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, JOBOBJECT_BASIC_PROCESS_ID_LIST,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectBasicProcessIdList,
    JobObjectExtendedLimitInformation, QueryInformationJobObject, SetInformationJobObject,
    TerminateJobObject,
};
use windows_sys::Win32::System::Threading::{CREATE_NEW_PROCESS_GROUP, CREATE_SUSPENDED};

use super::child::{KILLED, ProcessEnd};
use super::handle::{check, is, owned, size};
use super::ready::ReadyWriter;
use super::signum::{SIGINT, SIGKILL, SIGTERM};
use crate::sys::{ChildState, Orders};

/// A child that we have started, and those that it has started: its job. As long as this is there, the child's number
/// is no other process's, nor that of another group.
#[derive(Debug)]
pub(crate) struct Group {
    pid: u32,
    process: ProcessEnd,
    job: OwnedHandle,
    /// Whether the child leads a process group. Otherwise what is for it is for the child alone.
    is_own: bool,
}

/// What a start tells of the child before it is there, which is nothing: no code of the program's runs meanwhile.
#[derive(Debug)]
pub(crate) struct Birth;

impl Birth {
    #[allow(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Birth)
    }

    pub(crate) fn give_up(&self, _: bool) -> Option<Group> {
        None
    }
}

/// Starts a command by these orders.
///
/// # Errors
///
/// Those of [`Command::spawn`], and of what the child needs beside that. In the second case it was killed before it
/// ran.
pub(crate) fn spawn(
    command: &mut Command,
    orders: Orders,
    _: Option<&ReadyWriter>,
    _: &Birth,
) -> io::Result<(Child, Group)> {
    let job = new_job(orders.ends_with_us)?;
    let own_group = if orders.own_group {
        CREATE_NEW_PROCESS_GROUP
    } else {
        0
    };
    command.creation_flags(orders.creation_flags | own_group | CREATE_SUSPENDED);
    let spawned = command.spawn();
    // A command that was lent is started by others later, who would resume nothing.
    command.creation_flags(orders.creation_flags);
    let mut child = spawned?;
    let begin = || {
        // SAFETY: takes two handles, both of which are open.
        let taken = unsafe { AssignProcessToJobObject(job.as_raw_handle(), child.as_raw_handle()) };
        check(taken)?;
        let process = ProcessEnd::new(child.as_handle().try_clone_to_owned()?);
        resume(&child)?;
        Ok(Group {
            pid: child.id(),
            process,
            job,
            is_own: orders.own_group,
        })
    };
    match begin() {
        Ok(group) => Ok((child, group)),
        Err(error) => {
            // The second call returns soon after the first one.
            let _ = child.kill();
            let _ = child.wait();
            Err(error)
        }
    }
}

impl Group {
    /// Returns the process id of the child.
    pub(crate) fn pid(&self) -> i32 {
        // The numbers that the system gives out are small multiples of four.
        i32::try_from(self.pid).unwrap_or(i32::MAX)
    }

    /// Returns what a thread can sleep on until the child has ended.
    ///
    /// # Errors
    ///
    /// When no handle is left.
    pub(crate) fn end_of_child(&self) -> io::Result<ProcessEnd> {
        self.process.try_clone()
    }

    /// How far the child is.
    pub(crate) fn child_state(&self) -> ChildState {
        if self.process.has_ended() {
            ChildState::Zombie
        } else {
            ChildState::Running
        }
    }

    /// Blocks until the child has ended.
    pub(crate) fn wait_for_child(&self) {
        self.process.wait();
    }

    /// Returns whether a signal can be sent to such a child at all.
    ///
    /// # Errors
    ///
    /// The signal cannot be sent; the error says why.
    pub(crate) fn can_send(signal: i32) -> io::Result<()> {
        let why = match signal {
            SIGTERM => return Ok(()),
            SIGINT => {
                "on Windows Ctrl-C (SIGINT) is for all processes of a console, and cannot be sent to one child: \
                 send Ctrl-Break (SIGTERM)"
            }
            SIGKILL => "on Windows there is no SIGKILL: call `kill`",
            _ => "on Windows a child can be sent Ctrl-Break (SIGTERM), and no other signal",
        };
        Err(io::Error::new(io::ErrorKind::Unsupported, why))
    }

    /// Asks all of them to end by this signal, where there is one.
    pub(crate) fn ask_to_end(&self, signal: Option<i32>) {
        // Where it cannot be sent the child is killed when its grace is over.
        let _ = signal.map(|signal| self.send(signal));
    }

    /// Kills all of them, or the child alone. Of those that have ended nothing is changed.
    ///
    /// # Errors
    ///
    /// Those of `TerminateJobObject`.
    pub(crate) fn kill(&self) -> io::Result<()> {
        if !self.is_own {
            return self.process.kill();
        }
        // SAFETY: takes a handle, which is open as long as this value is.
        check(unsafe { TerminateJobObject(self.job.as_raw_handle(), KILLED) })
    }

    /// Sends a signal to the child's process group: SIGTERM, which is Ctrl-Break. Returns `false` where the child has
    /// ended.
    ///
    /// # Errors
    ///
    /// Those of [`can_send`](Self::can_send), and of `GenerateConsoleCtrlEvent`: the child does not share our console,
    /// or there is none. A child that leads no group of its own cannot be told.
    pub(crate) fn send(&self, signal: i32) -> io::Result<bool> {
        Self::can_send(signal)?;
        if !self.is_own {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "on Windows Ctrl-Break (SIGTERM) is for a process group, and a child in the foreground leads none",
            ));
        }
        // SAFETY: takes integers. The group's number is the child's, which is no other process's.
        let sent = check(unsafe { GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, self.pid) });
        if sent.is_err() && self.process.has_ended() {
            return Ok(false);
        }
        sent.map(|()| true)
    }

    /// Returns the processes of the job that live, with their numbers. `None` means that this cannot be learned.
    pub(crate) fn members(&self, _: &Processes) -> Option<Vec<(i32, ProcessEnd)>> {
        let mut members = Vec::new();
        for pid in self.pids().ok()? {
            let end = match ProcessEnd::of(pid) {
                Ok(end) => end,
                Err(error) if is(&error, ERROR_INVALID_PARAMETER) => continue,
                Err(_) => return None,
            };
            // This is asked after the process was opened: what was listed before may have been an earlier process with
            // that number.
            if self.has(&end).ok()? {
                members.push((i32::try_from(pid).ok()?, end));
            }
        }
        Some(members)
    }

    /// Lets go of those that live: nothing ends them with us any more.
    pub(crate) fn release(&self) {
        // Where that fails they end with us.
        let _ = set_limits(&self.job, 0);
    }

    fn has(&self, process: &ProcessEnd) -> io::Result<bool> {
        let mut is_member = FALSE;
        // SAFETY: both handles are open, and the pointer is valid for writing a boolean.
        check(unsafe {
            IsProcessInJob(
                process.handle(),
                self.job.as_raw_handle(),
                &raw mut is_member,
            )
        })?;
        Ok(is_member != FALSE)
    }

    /// Returns the numbers of all processes of the job.
    fn pids(&self) -> io::Result<Vec<u32>> {
        // Two counts come first, and then a number of the size of a pointer for each process, none of which is zero.
        const HEAD: usize =
            offset_of!(JOBOBJECT_BASIC_PROCESS_ID_LIST, ProcessIdList) / size_of::<usize>();
        let mut room = 32;
        loop {
            let mut list = vec![0_usize; HEAD + room];
            // SAFETY: the buffer is valid for writing so many bytes, and is aligned as its largest part is.
            let told = check(unsafe {
                QueryInformationJobObject(
                    self.job.as_raw_handle(),
                    JobObjectBasicProcessIdList,
                    list.as_mut_ptr().cast(),
                    size(&*list),
                    ptr::null_mut(),
                )
            });
            match told {
                Err(error) if is(&error, ERROR_MORE_DATA) => room *= 2,
                Err(error) => return Err(error),
                Ok(()) => {
                    let pids = list[HEAD..].iter().take_while(|pid| **pid != 0);
                    return Ok(pids.filter_map(|pid| u32::try_from(*pid).ok()).collect());
                }
            }
        }
    }
}

/// The processes at one moment. A job lists its own, so nothing is kept of them.
#[derive(Debug, Default)]
pub(crate) struct Processes(());

/// Makes a job without members. Should it end with us, the system ends its members when we close it, or have ended.
fn new_job(ends_with_us: bool) -> io::Result<OwnedHandle> {
    // SAFETY: null pointers ask for no name, and for a handle that no child inherits.
    let job = unsafe { owned(CreateJobObjectW(ptr::null(), ptr::null())) }?;
    if ends_with_us {
        set_limits(&job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE)?;
    }
    Ok(job)
}

fn set_limits(job: &OwnedHandle, limits: JOB_OBJECT_LIMIT) -> io::Result<()> {
    let mut information = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    information.BasicLimitInformation.LimitFlags = limits;
    // SAFETY: the handle is open, and the pointer is valid for reading so many bytes.
    check(unsafe {
        SetInformationJobObject(
            job.as_raw_handle(),
            JobObjectExtendedLimitInformation,
            (&raw const information).cast(),
            size(&information),
        )
    })
}

/// Has a process run that was made suspended. The handle of its thread, which `ResumeThread` takes, the standard
/// library closes. So this asks by the process: for all of its threads, of which there is one. The call is not in the
/// API's documentation, but debuggers use it.
fn resume(child: &Child) -> io::Result<()> {
    #[link(name = "ntdll")]
    unsafe extern "system" {
        fn NtResumeProcess(process: HANDLE) -> NTSTATUS;
    }
    // SAFETY: the first call takes a handle, which is open, and by which all is allowed; the second one a number.
    let error = unsafe { RtlNtStatusToDosError(NtResumeProcess(child.as_raw_handle())) };
    match i32::try_from(error).unwrap_or(i32::MAX) {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;
    use std::thread;

    use super::*;

    fn orders(ends_with_us: bool) -> Orders {
        Orders {
            own_group: true,
            ends_with_us,
            creation_flags: 0,
        }
    }

    /// Starts a program that waits for its input, in another one that waits for its end.
    fn start_two(ends_with_us: bool) -> (Child, Group, Vec<ProcessEnd>) {
        let mut command = Command::new("cmd");
        command.args(["/c", "cmd /c pause & rem"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let (child, group) = spawn(&mut command, orders(ends_with_us), None, &Birth).unwrap();
        loop {
            let members = group.members(&Processes::default()).unwrap();
            if members.len() == 2 {
                assert!(members.iter().any(|(pid, _)| *pid == group.pid()));
                let ends = members.into_iter().map(|(_, end)| end);
                return (child, group, ends.collect());
            }
            thread::yield_now();
        }
    }

    #[test]
    fn a_group_is_killed_as_a_whole() {
        let (mut child, group, ends) = start_two(true);
        assert_eq!(group.child_state(), ChildState::Running);
        group.kill().unwrap();
        ends.iter().for_each(ProcessEnd::wait);
        assert_eq!(group.child_state(), ChildState::Zombie);
        assert_eq!(child.wait().unwrap().code(), Some(137));
        assert!(group.members(&Processes::default()).unwrap().is_empty());
        // Nothing happens to those that have ended.
        group.kill().unwrap();
        ends[0].kill().unwrap();
    }

    #[test]
    fn a_group_ends_with_its_job() {
        let (_child, group, ends) = start_two(true);
        drop(group);
        ends.iter().for_each(ProcessEnd::wait);
    }

    #[test]
    fn who_was_let_go_or_outlives_us_does_not() {
        for ends_with_us in [true, false] {
            let (mut child, group, ends) = start_two(ends_with_us);
            if ends_with_us {
                group.release();
            }
            drop(group);
            child.kill().unwrap();
            child.wait().unwrap();
            let left: Vec<_> = ends.iter().filter(|end| !end.has_ended()).collect();
            assert_eq!(left.len(), 1);
            left[0].kill().unwrap();
            left[0].wait();
        }
    }

    #[test]
    fn a_job_lists_more_than_there_is_room_for_at_first() {
        let mut command = Command::new("cmd");
        command.args(["/c", "pause"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let (_child, group) = spawn(&mut command, orders(true), None, &Birth).unwrap();
        let mut others = Vec::new();
        for _ in 0..40 {
            let other = command.creation_flags(CREATE_SUSPENDED).spawn().unwrap();
            // SAFETY: takes two handles, both of which are open.
            let taken = unsafe {
                AssignProcessToJobObject(group.job.as_raw_handle(), other.as_raw_handle())
            };
            check(taken).unwrap();
            others.push(other);
        }
        assert_eq!(group.members(&Processes::default()).unwrap().len(), 41);
        group.kill().unwrap();
        for mut other in others {
            assert_eq!(other.wait().unwrap().code(), Some(137));
        }
    }

    /// The next start of the command, which may be one of the program's own, is not suspended.
    #[test]
    fn a_command_that_was_lent_is_as_before() {
        let mut command = Command::new("cmd");
        command.args(["/c", "exit 7"]);
        for _ in 0..2 {
            let (mut child, _group) = spawn(&mut command, orders(true), None, &Birth).unwrap();
            assert_eq!(child.wait().unwrap().code(), Some(7));
            assert_eq!(command.status().unwrap().code(), Some(7));
        }
    }
}
