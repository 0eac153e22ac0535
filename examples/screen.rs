//! A program that draws on the whole screen: it takes each key as it is typed, on the alternate screen, without a
//! cursor. However it ends, the terminal is as before.
//!
//! `cargo run --example screen`, and type. `q` and Ctrl-C end it, Ctrl-Z stops it until `fg`, and `kill` ends it in the
//! background as well.
//!
//! - The modes are set back by `terminal = "restore"`, in the foreground alone. This program does it by itself only
//!   when it is stopped.
//! - The escape sequences are the program's to take back: when `run` returns, before an error is printed; before a
//!   panic is; and by an exit function, for an end that comes from elsewhere.

use std::error::Error;
use std::io::{self, Write};
use std::panic;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aplomb::{Interest, Shutdown, app, at_exit};
use nix::sys::signal::{Signal, raise};
use nix::sys::termios::{LocalFlags, SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::{getpgrp, read, tcgetpgrp};

struct Screen {
    /// The modes that the shell has set.
    before: Mutex<Termios>,
    keys: AtomicUsize,
}

/// Whether the alternate screen is on.
static IS_ON: AtomicBool = AtomicBool::new(false);

fn start() -> io::Result<Screen> {
    let before = tcgetattr(io::stdin())?;
    at_exit(leave);
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        leave();
        print(panicked);
    }));
    Ok(Screen {
        before: Mutex::new(before),
        keys: AtomicUsize::new(0),
    })
}

fn run(screen: &Screen, shutdown: &Shutdown) -> Result<(), Box<dyn Error>> {
    struct Entered;
    impl Drop for Entered {
        fn drop(&mut self) {
            leave();
        }
    }
    let _entered = Entered;
    screen.enter()?;
    let mut keys = [0; 64];
    loop {
        shutdown.ready(&io::stdin(), Interest::Read)??;
        // Past the buffer of the standard library: `ready` does not see what is in there.
        let count = read(io::stdin(), &mut keys)?;
        if count == 0 || keys[..count].contains(&b'q') {
            return Ok(());
        }
        screen.keys.fetch_add(count, Ordering::Relaxed);
        screen.draw()?;
    }
}

/// Ctrl-Z: the shell gets back what it had. Who continues the program sends SIGCONT.
fn suspend(screen: &Screen) -> io::Result<()> {
    leave();
    if is_in_foreground() {
        set_modes(&screen.before())?;
    }
    raise(Signal::SIGSTOP)?;
    Ok(())
}

/// `fg` and `bg`. In the background the terminal is somebody else's.
fn resume(screen: &Screen) -> io::Result<()> {
    if is_in_foreground() {
        screen.enter()?;
    }
    Ok(())
}

fn redraw(screen: &Screen) -> io::Result<()> {
    screen.draw()
}

impl Screen {
    fn enter(&self) -> io::Result<()> {
        let mut modes = self.before();
        cfmakeraw(&mut modes);
        // Ctrl-C and Ctrl-Z go on to send signals. Otherwise they would be keys like any other.
        modes.local_flags.insert(LocalFlags::ISIG);
        set_modes(&modes)?;
        IS_ON.store(true, Ordering::Relaxed);
        print("\x1b[?1049h\x1b[?25l")?;
        self.draw()
    }

    fn draw(&self) -> io::Result<()> {
        if !IS_ON.load(Ordering::Relaxed) {
            return Ok(());
        }
        let keys = self.keys.load(Ordering::Relaxed);
        print(&format!("\x1b[2J\x1b[H{keys} keys so far; q ends"))
    }

    fn before(&self) -> Termios {
        self.before.lock().expect("nobody panics with it").clone()
    }
}

fn set_modes(modes: &Termios) -> io::Result<()> {
    tcsetattr(io::stdin(), SetArg::TCSANOW, modes)?;
    Ok(())
}

/// Shows the cursor, and what was on the screen before, once.
fn leave() {
    if IS_ON.swap(false, Ordering::Relaxed) {
        let _ = print("\x1b[?25h\x1b[?1049l");
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

fn is_in_foreground() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())
}

#[app(
    start,
    run,
    on(SIGTSTP = suspend, SIGCONT = resume, SIGWINCH = redraw),
    terminal = "restore"
)]
fn main() {}
