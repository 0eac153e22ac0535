//! Handlers: with what mask they run, and on how much of a stack.

use std::ffi::CString;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use aplomb::{Shutdown, signal};
use nix::libc::{self, SIGUSR1, SIGUSR2};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

use super::{option, perform, say};

/// Carries out a step. Whether it is one.
pub(crate) fn one(verb: &str, object: &'static str) -> bool {
    let take = |handler| {
        for signal in signals(object) {
            handle(signal, handler, SaFlags::empty());
        }
    };
    match verb {
        #[cfg(target_os = "linux")]
        "actions" => actions(),
        "c-at-exit" => c_at_exit(object),
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        "c-stream" => c_stream(object),
        "chain" => chain(),
        "nest" => nest(),
        "stack" => stack(),
        // As code does that knows of nobody else. More than one signal has a `+` between the names.
        "take" => take(SigHandler::Handler(other)),
        "take-default" => take(SigHandler::SigDfl),
        "take-ignored" => take(SigHandler::SigIgn),
        "borrow" => borrow(object),
        "change-flags" => change_flags(object),
        _ => return false,
    }
    true
}

/// Registers a function as C code does, which says `C` when the process exits. It may wait for a line first, or carry
/// out this script.
fn c_at_exit(script: &'static str) {
    static SCRIPTS: Mutex<Vec<&str>> = Mutex::new(Vec::new());

    extern "C" fn says() {
        say("C");
    }
    extern "C" fn reads() {
        let _ = std::io::stdin().read_line(&mut String::new());
        say("C");
    }
    extern "C" fn performs() {
        let script = SCRIPTS.lock().expect("no holder panics").pop();
        performed(script.expect("one for each registration"));
    }
    let function = match script {
        "" => says,
        "line" => reads,
        _ => {
            SCRIPTS.lock().expect("no holder panics").push(script);
            performs
        }
    };
    #[allow(unsafe_code, reason = "there is no safe way to register it")]
    // SAFETY: a plain function without captures, which may be called at any time.
    let registered = unsafe { libc::atexit(function) };
    assert_eq!(registered, 0, "there is memory");
}

/// Carries out a script where no phase is any more.
fn performed(script: &'static str) {
    let _ = perform(script, &Shutdown::new());
}

/// Leaves something in a stream of C whose writer carries out this script: C flushes it when the last function of the
/// exit was called.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn c_stream(script: &'static str) {
    static SCRIPT: std::sync::OnceLock<&str> = std::sync::OnceLock::new();

    /// `cookie_io_functions_t`: to read, to write, to seek, to close.
    #[repr(C)]
    struct Functions(
        usize,
        extern "C" fn(*mut libc::c_void, *const libc::c_char, usize) -> isize,
        usize,
        usize,
    );
    extern "C" fn write(_: *mut libc::c_void, _: *const libc::c_char, size: usize) -> isize {
        performed(SCRIPT.get().expect("it is set"));
        size.cast_signed()
    }
    #[allow(unsafe_code, reason = "C's streams are the point of it")]
    unsafe extern "C" {
        // The `libc` crate does not have this one.
        fn fopencookie(
            cookie: *mut libc::c_void,
            mode: *const libc::c_char,
            functions: Functions,
        ) -> *mut libc::FILE;
    }
    SCRIPT.set(script).expect("there is one");
    #[allow(unsafe_code, reason = "C's streams are the point of it")]
    // SAFETY: the texts are C strings, the writer does not use its cookie, and the stream lives until the process ends.
    let written = unsafe {
        let stream = fopencookie(ptr::null_mut(), c"w".as_ptr(), Functions(0, write, 0, 0));
        assert!(!stream.is_null(), "there is memory");
        libc::fputs(c"text".as_ptr(), stream)
    };
    assert!(written >= 0, "there is room in the buffer");
}

/// Prints as C code does.
pub(crate) fn c_print(text: &str) {
    let text = CString::new(text).expect("no null in it");
    #[allow(unsafe_code, reason = "C's streams are the point of it")]
    // SAFETY: both are C strings, and the format takes one.
    let printed = unsafe { libc::printf(c"%s".as_ptr(), text.as_ptr()) };
    assert!(printed >= 0, "there is room in the buffer");
}

/// Closes all descriptors from this one on.
#[cfg(target_os = "linux")]
pub(crate) fn close_from(first: u32) {
    #[allow(unsafe_code, reason = "to close what is not ours is the point of it")]
    // SAFETY: takes integers. Nothing is read or written by a descriptor that was closed here.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, 0) };
    assert_eq!(closed, 0, "Linux has it since 5.9");
}

/// What reports a fault: never blocked, and handled by the standard library.
#[cfg(target_os = "linux")]
const FAULTS: [i32; 7] = [
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGSEGV,
    libc::SIGSYS,
    libc::SIGTRAP,
];

fn action(signal: i32) -> Option<libc::sigaction> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    #[allow(unsafe_code, reason = "there is no safe way to ask for a disposition")]
    // SAFETY: a null new action only asks; the pointer is valid for writing, and all zeroes are an action too.
    let (asked, action) = unsafe {
        let asked = libc::sigaction(signal, ptr::null(), action.as_mut_ptr());
        (asked, action.assume_init())
    };
    (asked == 0).then_some(action)
}

/// Says of each signal with a handler what that one's action is.
#[cfg(target_os = "linux")]
fn actions() {
    let signals = || (1..=libc::SIGRTMAX()).filter(|signal| !FAULTS.contains(signal));
    // Those of the C library are refused; what no process can catch is in no mask.
    let exist = || signals().filter(|&signal| action(signal).is_some());
    let blockable = || exist().filter(|signal| ![libc::SIGKILL, libc::SIGSTOP].contains(signal));
    for signal in exist() {
        let action = action(signal).expect("it exists");
        if [libc::SIG_DFL, libc::SIG_IGN].contains(&action.sa_sigaction) {
            continue;
        }
        #[allow(unsafe_code, reason = "libc has no safe way to look into a set")]
        // SAFETY: the set is valid for reading.
        let blocks = |signal: i32| unsafe { libc::sigismember(&raw const action.sa_mask, signal) };
        let missing: Vec<_> = blockable().filter(|&signal| blocks(signal) != 1).collect();
        let faults: Vec<_> = FAULTS
            .into_iter()
            .filter(|&fault| blocks(fault) == 1)
            .collect();
        let flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
        let name = signal::name(signal).expect("it has a name");
        say(format!(
            "{name} lets through {missing:?}, blocks faults {faults:?}, has flags {}",
            action.sa_flags & flags == flags
        ));
    }
}

static IS_IN: AtomicBool = AtomicBool::new(false);
static WAS_NESTED: AtomicBool = AtomicBool::new(false);
static OTHER_HAS_RUN: AtomicBool = AtomicBool::new(false);

extern "C" fn first(_: i32) {
    IS_IN.store(true, Ordering::SeqCst);
    // Taken when nothing blocks it.
    let _ = raise(Signal::SIGUSR2);
    IS_IN.store(false, Ordering::SeqCst);
}

extern "C" fn other(_: i32) {
    WAS_NESTED.fetch_or(IS_IN.load(Ordering::SeqCst), Ordering::SeqCst);
    OTHER_HAS_RUN.store(true, Ordering::SeqCst);
}

fn handle(signal: i32, handler: SigHandler, flags: SaFlags) {
    let action = SigAction::new(handler, flags, SigSet::empty());
    let signal = Signal::try_from(signal).expect("it exists");
    #[allow(unsafe_code, reason = "there is no safe way to change a disposition")]
    // SAFETY: the handlers use atomics and raise, which are async-signal-safe.
    let before = unsafe { sigaction(signal, &action) };
    before.expect("it can be handled");
}

/// The signals of these names, `INT+TERM`.
fn signals(names: &str) -> impl Iterator<Item = i32> {
    let names = names.split('+').map(|name| format!("SIG{name}"));
    names.map(|name| signal::number(&name).expect("a signal's name"))
}

/// Handles the signal for a moment, as a line editor does.
fn borrow(name: &str) {
    for signal in signals(name) {
        let before = action(signal).expect("it exists");
        handle(signal, SigHandler::Handler(other), SaFlags::empty());
        restore(signal, &before);
    }
}

/// Changes the flags of the signal's action, and nothing else, as Go's runtime does to the actions of others.
fn change_flags(name: &str) {
    for signal in signals(name) {
        let mut changed = action(signal).expect("it exists");
        changed.sa_flags ^= libc::SA_ONSTACK;
        restore(signal, &changed);
    }
}

fn restore(signal: i32, action: &libc::sigaction) {
    #[allow(unsafe_code, reason = "there is no safe way to change a disposition")]
    // SAFETY: the action was there before, perhaps with another flag.
    let set = unsafe { libc::sigaction(signal, action, ptr::null_mut()) };
    assert_eq!(set, 0, "it can be handled");
}

/// Handlers of the program's own, for two signals that the app is to have as well. To be called before there is an app.
fn chain() {
    handle(SIGUSR1, SigHandler::Handler(first), SaFlags::empty());
    handle(SIGUSR2, SigHandler::Handler(other), SaFlags::empty());
}

/// The handler of the one raises the other.
fn nest() {
    raise(Signal::SIGUSR1).expect("a thread may signal itself");
    say(format!(
        "nested {}, both {}",
        WAS_NESTED.load(Ordering::SeqCst),
        OTHER_HAS_RUN.load(Ordering::SeqCst)
    ));
}

/// What no handler writes, or hardly.
const PAINT: u8 = 0xA5;
const SIZE: usize = 64 << 10;

/// Says how much of an alternate stack one delivery touches, of each signal that `stack=` names, without what the
/// kernel takes for itself: the frame that it puts there before a handler begins.
fn stack() {
    let measured = thread::spawn(|| {
        let mut paint = vec![PAINT; SIZE];
        let area = paint.as_mut_ptr();
        let ours = libc::stack_t {
            ss_sp: area.cast(),
            ss_flags: 0,
            ss_size: SIZE,
        };
        let before = use_stack(&ours);
        handle(
            SIGUSR2,
            SigHandler::Handler(nothing),
            SaFlags::SA_ONSTACK | SaFlags::SA_SIGINFO,
        );
        let frame = touched(area, Signal::SIGUSR2);
        for name in option("stack").unwrap_or_default().split(',') {
            let signal = format!("SIG{name}").parse().expect("a signal's name");
            let touched = touched(area, signal);
            say(format!(
                "{name} {} of {touched}",
                touched.saturating_sub(frame)
            ));
        }
        say(format!(
            "child {}",
            touched_in_child(area).saturating_sub(frame)
        ));
        use_stack(&before);
        drop(paint);
    });
    measured.join().expect("it does not panic");
}

extern "C" fn nothing(_: i32) {}

fn use_stack(stack: &libc::stack_t) -> libc::stack_t {
    let mut before = MaybeUninit::<libc::stack_t>::zeroed();
    #[allow(
        unsafe_code,
        reason = "there is no safe way to change the alternate stack"
    )]
    // SAFETY: both pointers are valid, the new stack lives as long as it is used, and no handler runs on the present
    // one.
    let (result, before) = unsafe {
        let result = libc::sigaltstack(stack, before.as_mut_ptr());
        (result, before.assume_init())
    };
    assert_eq!(result, 0, "the alternate stack can be changed");
    before
}

/// How much of the stack a signal touches in a forked child, where it is not for us: one whose default action is to do
/// nothing.
fn touched_in_child(area: *mut u8) -> usize {
    // An exit status has eight bits.
    const UNIT: usize = 32;
    #[allow(
        unsafe_code,
        reason = "what handlers do in a forked child is the point of it"
    )]
    // SAFETY: the child raises a signal, reads and writes memory of this thread and exits, and allocates nothing.
    let forked = unsafe { fork() }.expect("a process is left");
    match forked {
        ForkResult::Child => {
            let units = touched(area, Signal::SIGCHLD).div_ceil(UNIT);
            #[allow(unsafe_code, reason = "a forked child leaves by nothing else")]
            // SAFETY: takes an integer and does not return.
            unsafe {
                libc::_exit(i32::try_from(units).unwrap_or(255))
            }
        }
        ForkResult::Parent { child } => match waitpid(child, None) {
            Ok(WaitStatus::Exited(_, units)) => usize::try_from(units).unwrap_or(0) * UNIT,
            other => panic!("it was to exit: {other:?}"),
        },
    }
}

/// How far down the stack at `area` one delivery to this thread goes.
fn touched(area: *mut u8, signal: Signal) -> usize {
    #[allow(unsafe_code, reason = "what handlers do to memory is the point of it")]
    // SAFETY: the area is `SIZE` bytes that nobody uses but the handlers of this thread, of which none runs meanwhile.
    unsafe {
        ptr::write_bytes(area, PAINT, SIZE);
        raise(signal).expect("a thread may signal itself");
        let untouched = (0..SIZE).find(|&at| area.add(at).read_volatile() != PAINT);
        SIZE - untouched.unwrap_or(SIZE)
    }
}
