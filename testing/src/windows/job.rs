//! A job: the process and all that it starts, which end together.

use std::io;
use std::mem::size_of;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::process::Child;
use std::ptr;

use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_BASIC_PROCESS_ID_LIST, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
    JobObjectBasicProcessIdList, JobObjectExtendedLimitInformation, QueryInformationJobObject,
    SetInformationJobObject, TerminateJobObject,
};
use windows_sys::Win32::System::Threading::{
    OpenProcess, PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
    WaitForSingleObject,
};

/// The path of the program that a process is, in small letters. `None` if there is no such process any more.
fn program(pid: u32) -> Option<String> {
    let mut path = [0_u16; 1024];
    let mut length = u32::try_from(path.len()).expect("it is small");
    #[allow(
        unsafe_code,
        reason = "the standard library knows nothing of others than children"
    )]
    // SAFETY: the handle is a new one, or null; the path is written to as much room as is said.
    let asked = unsafe {
        let process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid);
        if process.is_null() {
            return None;
        }
        let process = OwnedHandle::from_raw_handle(process);
        QueryFullProcessImageNameW(
            process.as_raw_handle(),
            PROCESS_NAME_WIN32,
            path.as_mut_ptr(),
            &raw mut length,
        )
    };
    let path = String::from_utf16_lossy(&path[..length as usize]);
    (asked != 0).then(|| path.to_lowercase())
}

/// How long a process may take to end that has begun to, in milliseconds.
const A_MOMENT: u32 = 1000;

/// All of it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Job(OwnedHandle);

fn size<T>() -> u32 {
    u32::try_from(size_of::<T>()).expect("it is small")
}

fn check(result: i32) -> io::Result<()> {
    if result == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

impl Job {
    /// A job of this process, which has just been started.
    pub(super) fn of(process: &Child) -> io::Result<Self> {
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        #[allow(unsafe_code, reason = "the standard library has no jobs")]
        // SAFETY: a job without a name and with default security; what is returned is a new handle, or null.
        let job = unsafe {
            let job = CreateJobObjectW(ptr::null(), ptr::null());
            if job.is_null() {
                return Err(io::Error::last_os_error());
            }
            OwnedHandle::from_raw_handle(job)
        };
        #[allow(unsafe_code, reason = "the standard library has no jobs")]
        // SAFETY: both handles are open, and the limits are what this kind of information is made of, with their size.
        unsafe {
            check(SetInformationJobObject(
                job.as_raw_handle(),
                JobObjectExtendedLimitInformation,
                (&raw const limits).cast(),
                size::<JOBOBJECT_EXTENDED_LIMIT_INFORMATION>(),
            ))?;
            let assigned = check(AssignProcessToJobObject(
                job.as_raw_handle(),
                process.as_raw_handle(),
            ));
            // One that ends at once is in no job, and has left nobody behind.
            if assigned.is_err()
                && WaitForSingleObject(process.as_raw_handle(), A_MOMENT) != WAIT_OBJECT_0
            {
                assigned?;
            }
        }
        Ok(Self(job))
    }

    /// The numbers of those that live, as far as there is room for them. Who looks after the console is not among them:
    /// the system has started that, and ends it.
    pub(super) fn processes(&self) -> Vec<u32> {
        // The structure ends in a list of one, for which the caller makes more room.
        const ROOM: usize = 500;
        #[repr(C)]
        struct List {
            head: JOBOBJECT_BASIC_PROCESS_ID_LIST,
            rest: [usize; ROOM],
        }
        let mut told = List {
            head: JOBOBJECT_BASIC_PROCESS_ID_LIST::default(),
            rest: [0; ROOM],
        };
        #[allow(unsafe_code, reason = "the standard library has no jobs")]
        // SAFETY: the handle is open, and `told` is what this kind of information is made of, with its size.
        let asked = unsafe {
            QueryInformationJobObject(
                self.0.as_raw_handle(),
                JobObjectBasicProcessIdList,
                (&raw mut told).cast(),
                size::<List>(),
                ptr::null_mut(),
            )
        };
        check(asked).expect("a job can be asked");
        let first = told.head.ProcessIdList;
        let all = first.into_iter().chain(told.rest);
        let all = all.take(told.head.NumberOfProcessIdsInList as usize);
        all.map(|pid| u32::try_from(pid).expect("a pid fits"))
            .filter(|&pid| program(pid).is_some_and(|path| !path.ends_with("conhost.exe")))
            .collect()
    }

    pub(super) fn kill(&self) {
        #[allow(unsafe_code, reason = "the standard library has no jobs")]
        // SAFETY: the handle is open. That there is nobody left is no error.
        unsafe {
            TerminateJobObject(self.0.as_raw_handle(), 1);
        }
    }
}
