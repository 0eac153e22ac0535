//! The standard streams, which the standard library asks for at each write (`GetStdHandle`): writing to standard error
//! past everybody else, and replacing streams whose reader is gone.
//!
//! `println!` panics when its write fails. A `stop` that prints what it does would be cut by that, in the middle, when
//! the reader of a pipe has ended. Nothing here makes us a reader of such a pipe, as on Linux: the other end of a pipe
//! without a name cannot be opened. So there are looks alone, and what is printed between a reader's end and the next
//! look fails.
//!
//! Whoever asks about a pipe waits while another thread writes to it: the system does one thing at a time for each
//! handle. So a thread of its own asks. Where no answer comes, somebody waits for the reader; that is an answer, too.

use std::ffi::c_void;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::os::windows::io::{FromRawHandle, IntoRawHandle};
use std::ptr;
use std::sync::Mutex;

use std::time::{Duration, Instant};

use windows_sys::Wdk::Storage::FileSystem::{
    FILE_PIPE_CLOSING_STATE, FILE_PIPE_LOCAL_INFORMATION, FilePipeLocalInformation,
    NtQueryInformationFile,
};
use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Console::{
    GetStdHandle, STD_ERROR_HANDLE, STD_HANDLE, STD_OUTPUT_HANDLE, SetStdHandle, WriteConsoleW,
};
use windows_sys::Win32::System::IO::IO_STATUS_BLOCK;

use super::handle::size;
use super::modes::mode_of;
use super::wait::Source;
use crate::sync::{Asked, ask, lock};
use crate::sys::wait;

/// Standard output and standard error, each with what is asked about it.
static OUTPUTS: [Stream; 2] = [
    Stream::new(STD_OUTPUT_HANDLE),
    Stream::new(STD_ERROR_HANDLE),
];

/// How long an answer takes that does not wait for a write. A busy machine may need that to start a thread.
const MOMENT: Duration = Duration::from_millis(50);

#[derive(Debug)]
struct Stream {
    which: STD_HANDLE,
    /// Where the answer will come that somebody has waited for in vain.
    late: Mutex<Option<Asked<Answer>>>,
}

/// What a stream leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Console,
    /// A pipe, which takes so many bytes before it waits for its reader.
    Pipe(u32),
    /// A pipe without a reader.
    Lost,
    /// A file, or nothing.
    Other,
}

impl Stream {
    const fn new(which: STD_HANDLE) -> Self {
        let late = Mutex::new(None);
        Stream { which, late }
    }

    /// Returns the handle that the stream has now.
    fn handle(&self) -> HANDLE {
        // SAFETY: takes a number.
        unsafe { GetStdHandle(self.which) }
    }

    /// Returns what the stream leads to, or `None` where a thread waits until it takes something.
    fn look(&'static self) -> Option<Answer> {
        // The lock is held until the answer is there, or is late. So one thread at the most waits for the system.
        let mut late = lock(&self.late);
        let is_late = |late: &Asked<Answer>| !late.wait(Duration::ZERO);
        if late.as_ref().is_some_and(is_late) {
            return None;
        }
        // Asking takes as long as a write of another thread.
        let Ok(answer) = ask("aplomb-stream", (), |()| answer_for(self.handle())) else {
            // Without a thread nobody can tell whether a write would wait.
            return Some(Answer::Other);
        };
        let is_over = answer.wait(MOMENT);
        let told = answer.take();
        *late = (!is_over).then_some(answer);
        told
    }

    /// Puts `NUL` in the place of the stream, if its reader is gone: what is written to it goes nowhere then, and does
    /// not fail. Returns whether it is a pipe whose reader is there.
    fn replace_if_lost(&'static self) -> bool {
        let answer = self.look();
        if answer == Some(Answer::Lost) {
            if let Ok(null) = OpenOptions::new().write(true).open("NUL") {
                // SAFETY: the handle is open, and is given away here. The one from before stays open, since C code may
                // write to it.
                unsafe { SetStdHandle(self.which, null.into_raw_handle()) };
            }
        }
        matches!(answer, None | Some(Answer::Pipe(_)))
    }

    /// Returns whether a write would not have to wait for a reader.
    fn is_writable(&'static self) -> bool {
        // Where nothing fits, the reader may be waiting for more than the pipe holds: then a write ends at once, and
        // whoever asks finds nobody that waits.
        !matches!(self.look(), None | Some(Answer::Pipe(0)))
    }
}

fn answer_for(handle: HANDLE) -> Answer {
    if mode_of(handle).is_some() {
        return Answer::Console;
    }
    let mut status = IO_STATUS_BLOCK::default();
    let mut pipe = FILE_PIPE_LOCAL_INFORMATION::default();
    let size = size(&pipe);
    // SAFETY: the pointers are valid for writing what they lead to, and `pipe` for so many bytes. A handle that is none
    // is an error.
    let asked = unsafe {
        let pipe: *mut c_void = (&raw mut pipe).cast();
        NtQueryInformationFile(
            handle,
            &raw mut status,
            pipe,
            size,
            FilePipeLocalInformation,
        )
    };
    match pipe.NamedPipeState {
        _ if asked != 0 => Answer::Other,
        FILE_PIPE_CLOSING_STATE => Answer::Lost,
        _ => Answer::Pipe(pipe.WriteQuotaAvailable),
    }
}

/// Returns whether standard error is a console.
pub(crate) fn stderr_is_terminal() -> bool {
    match OUTPUTS[1].look() {
        Some(Answer::Console) => true,
        // A pipe that stands for a terminal: that of Cygwin, whose name the standard library knows. Nobody writes to it
        // now.
        Some(Answer::Pipe(_)) => io::stderr().is_terminal(),
        _ => false,
    }
}

/// Returns whether standard error would take something now.
pub(crate) fn stderr_is_writable() -> bool {
    OUTPUTS[1].is_writable()
}

/// Returns whether a write to standard output would not have to wait for a reader.
pub(crate) fn stdout_is_writable() -> bool {
    OUTPUTS[0].is_writable()
}

/// Puts `NUL` in the place of standard output and standard error where their readers are gone.
pub(crate) fn replace_lost_streams() {
    replace_lost();
}

/// Does nothing: when the console is gone the system ends the process soon after.
pub(crate) fn replace_lost_terminal() {}

/// Returns whether one of the two is a pipe whose reader is there.
fn replace_lost() -> bool {
    let are_pipes = OUTPUTS.each_ref().map(Stream::replace_if_lost);
    are_pipes.contains(&true)
}

/// Writes to standard error, however long that takes. This goes past the standard library's lock, which a blocked
/// thread may hold. What cannot be written is lost.
pub(crate) fn write_stderr(text: &str) {
    // A console takes bytes as those of its code page, and no more than some ten thousand characters at a time.
    const MOST: usize = 8_192;
    let handle = OUTPUTS[1].handle();
    if handle.is_null() || handle == INVALID_HANDLE_VALUE {
        return;
    }
    if mode_of(handle).is_none() {
        // SAFETY: whoever has the stream keeps it open, and it is not closed here.
        let mut stream = ManuallyDrop::new(unsafe { File::from_raw_handle(handle) });
        // Nobody can be told of an error.
        let _ = stream.write_all(text.as_bytes());
        return;
    }
    let characters: Vec<u16> = text.encode_utf16().collect();
    for part in characters.chunks(MOST) {
        let (length, mut written) = (u32::try_from(part.len()).unwrap_or(0), 0);
        // SAFETY: the slice is valid for so many characters, and the other pointer for writing a number.
        unsafe { WriteConsoleW(handle, part.as_ptr(), length, &raw mut written, ptr::null()) };
    }
}

/// Writes to standard error from a thread that must not wait: another one writes, and is waited for a moment.
///
/// That one is tried also where the pipe says that nothing fits: see [`is_writable`](Stream::is_writable). If it has to
/// wait, the next call finds that somebody does.
pub(crate) fn try_stderr(text: &str) {
    if OUTPUTS[1].look().is_none() {
        return;
    }
    match ask("aplomb-report", text.to_owned(), |text| write_stderr(&text)) {
        Ok(done) => drop(done.wait(MOMENT)),
        // Without a thread this is a risk, and nothing would be said otherwise.
        Err(text) => write_stderr(&text),
    }
}

/// Our own reading ends of standard output and standard error, of which there are none.
#[derive(Debug)]
pub(crate) struct ReadingEnds;

impl ReadingEnds {
    pub(crate) const fn new() -> Self {
        ReadingEnds
    }

    /// Does nothing: see above.
    #[allow(clippy::unused_self, reason = "there is something to open elsewhere")]
    pub(crate) fn open(&self) {}

    /// Does nothing: see above.
    #[allow(clippy::unused_self, reason = "there is something to close elsewhere")]
    pub(crate) fn close(&self) {}
}

/// What the listener does about the readers of standard output and standard error while the app stops.
#[derive(Debug)]
pub(crate) struct Readers {
    /// Since when the readers are looked at, and when that is done next, counted from there.
    looks: Option<(Instant, Duration)>,
}

/// When the readers are looked at for the first time; then after twice that time, and so on.
const FIRST_LOOK: Duration = Duration::from_millis(1);

/// When the looks end: a reader that has got the same event has died by then.
const LAST_LOOK: Duration = Duration::from_millis(256);

impl Readers {
    pub(crate) fn new() -> Self {
        Readers { looks: None }
    }

    /// Has the listener look at the readers from here on. This is called when the app stops.
    pub(crate) fn watch(&mut self) {
        self.looks = Some((Instant::now(), FIRST_LOOK));
    }

    /// Does what is due. Returns how long it is until there is something to do again.
    pub(crate) fn attend(&mut self, _: &ReadingEnds) -> Option<Duration> {
        let (since, mut next) = self.looks?;
        let passed = since.elapsed();
        if passed >= next {
            while next <= passed {
                next *= 2;
            }
            let goes_on = replace_lost() && next <= LAST_LOOK;
            self.looks = goes_on.then_some((since, next));
        }
        let (_, next) = self.looks?;
        Some(next.saturating_sub(since.elapsed()))
    }

    /// Sleeps as [`wait`] does.
    #[allow(clippy::unused_self, reason = "a reader wakes this elsewhere")]
    pub(crate) fn wait(&mut self, sources: &[&dyn Source], timeout: Option<Duration>) {
        wait(sources, timeout);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::windows::io::AsRawHandle;

    use super::*;

    #[test]
    fn a_pipe_without_a_reader_is_lost() {
        let (reader, mut writer) = io::pipe().expect("a pipe");
        // Wine tells of no room, ever.
        assert!(matches!(
            answer_for(writer.as_raw_handle()),
            Answer::Pipe(_)
        ));
        writer.write_all(b"unread").expect("there is room");
        assert!(matches!(
            answer_for(writer.as_raw_handle()),
            Answer::Pipe(_)
        ));
        drop(reader);
        assert_eq!(answer_for(writer.as_raw_handle()), Answer::Lost);
    }

    #[test]
    fn a_file_takes_whatever_is_written() {
        let null = OpenOptions::new().write(true).open("NUL").expect("NUL");
        assert_eq!(answer_for(null.as_raw_handle()), Answer::Other);
        assert_eq!(answer_for(ptr::null_mut()), Answer::Other);
    }

    /// The readers are looked at soon, and seldom after that, and not for ever.
    #[test]
    fn the_looks_end() {
        let mut readers = Readers::new();
        assert_eq!(readers.attend(&ReadingEnds), None);
        readers.watch();
        let mut looks = 0;
        while let Some(next) = readers.attend(&ReadingEnds) {
            assert!(next <= LAST_LOOK);
            looks += 1;
            wait(&[], Some(next));
        }
        assert!(looks <= 10, "{looks}");
    }
}
