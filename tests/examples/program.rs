//! Where the examples are, and what they are given to read.

use std::fs::{self, File, OpenOptions};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::LazyLock;
use std::time::SystemTime;

use aplomb_testing::Session;
use aplomb_testing::{Command, Output, wait_until};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

/// An example, as it was built beside this test.
///
/// # Panics
/// When the example was not built, or when its sources have changed since.
pub fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("a test knows where it is");
    // target/PROFILE/deps/TEST
    let built = test.ancestors().nth(2).expect("it is in a target folder");
    let path = built.join("examples").join(name);
    let since = modified(&path);
    assert!(since.is_some(), "{} is not there. {HOW}", path.display());
    // Cargo writes a file beside the program that says what it was made of: `program: source source …`.
    let sources = fs::read_to_string(path.with_extension("d")).unwrap_or_default();
    for source in sources.split_whitespace().skip(1) {
        let changed = modified(Path::new(source));
        // A source that was edited after the tests began does not count.
        let is_stale = changed > since && changed < Some(*BEGAN);
        assert!(
            !is_stale,
            "{} is older than {source}. {HOW}",
            path.display()
        );
    }
    Command::new(text(&path))
}

/// Checks that the program says what it cannot understand, before anything has begun. The status tells wrong
/// use from a failure.
#[track_caller]
pub fn is_misused(program: Command, of: &str) -> Output {
    let app = program.in_new_session().spawn();
    let leader = app.pid();
    let output = app.wait();
    output.assert_code(2).assert_stdout(&[]);
    Session::of(leader).assert_no_others();
    let complaints = output.stderr();
    let first = complaints.first().map_or("", String::as_str);
    let names_it = first.starts_with("error: ") && first.contains(of);
    output.assert(names_it, &format!("an error with {of:?} was due"));
    output
}

/// Checks that `--help` says how the program is used, and that the program does nothing else.
#[track_caller]
pub fn helps(name: &str) {
    let help = example(name).args(["--help"]).spawn().wait();
    let usage = format!("Usage: {name} ");
    let stdout = help.stdout();
    let usages = stdout.iter().filter(|line| line.starts_with(&usage));
    help.assert_code(0)
        .assert_no_stderr()
        .assert(usages.count() == 1, "help was due");
}

const HOW: &str = "`cargo test` builds it, `cargo test --test examples` does not: run \
                   `cargo build --examples` first, in the same profile";

static BEGAN: LazyLock<SystemTime> = LazyLock::new(SystemTime::now);

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// # Panics
/// When the path is no text.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("paths of the tests are text")
}

pub fn make_fifo(path: &Path) {
    mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR).expect("a named pipe can be made");
}

/// Opens a named pipe for writing when a program has it open for reading.
pub fn open_once_read(path: &Path) -> File {
    let mut opened = None;
    wait_until("the named pipe is being read", || {
        let file = OpenOptions::new()
            .write(true)
            .custom_flags(OFlag::O_NONBLOCK.bits())
            .open(path);
        match file {
            Ok(file) => opened = Some(file),
            Err(error) if error.raw_os_error() == Some(Errno::ENXIO as i32) => {}
            Err(error) => panic!("{}: {error}", path.display()),
        }
        opened.is_some()
    });
    opened.expect("it is open by now")
}

/// Opens both ends of a named pipe. So the program does not wait until somebody opens the other end, and never
/// sees the end of the pipe.
pub fn open_both_ends(path: &Path) -> File {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .expect("a named pipe can be opened")
}

/// Returns when the program has read all that was written. `pipe` has both ends.
pub fn until_read(pipe: &File) {
    wait_until("the named pipe is empty", || {
        let mut pipe = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
        poll(&mut pipe, PollTimeout::ZERO).expect("a pipe can be polled") == 0
    });
}
