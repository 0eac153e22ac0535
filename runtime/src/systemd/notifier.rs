//! What the listener tells the service manager: which messages are due, and how each is sent without waiting for
//! anybody.

use std::time::{Duration, Instant};

use super::extension::{Extension, Progress};
use super::watchdog::Watchdog;
use super::{Systemd, variables};
use crate::error::Error;
use crate::lifecycle::Stage;
use crate::report;
use crate::shutdown::Shutdown;
use crate::sys::{self, NotifySocket};

/// Tells the service manager of an app, where there is one that wants to hear it.
#[derive(Debug)]
pub(crate) struct Notifier(Option<Link>);

/// A state of the service, in the order in which they come. A reload comes again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    /// A reload begins, at this time of the monotonic clock, in microseconds.
    Reloading(u64),
    Stopping,
}

impl State {
    fn message(self) -> String {
        match self {
            State::Ready => "READY=1".into(),
            State::Reloading(at) => format!("RELOADING=1\nMONOTONIC_USEC={at}"),
            State::Stopping => "STOPPING=1".into(),
        }
    }
}

/// How far the app is, as the manager sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Starting,
    Ready,
    Stopping,
}

#[derive(Debug)]
struct Link {
    socket: Socket,
    stand: Stand,
    is_announced: bool,
    /// The states that the manager was not told yet.
    untold: Vec<State>,
    /// How many reloads have begun so far, and whether one goes on, as the manager knows it.
    reloads: u64,
    is_reloading: bool,
    status: Status,
    extension: Option<Extension>,
    watchdog: Option<Watchdog>,
}

impl Notifier {
    /// For an app that tells no manager.
    pub(crate) const fn none() -> Self {
        Notifier(None)
    }

    /// Looks for a service manager, and takes what it has said out of the environment.
    ///
    /// # Errors
    ///
    /// When the check of the watchdog needs a thread, and the system has none left.
    pub(crate) fn begin(settings: Option<Systemd>, shutdown: &Shutdown) -> Result<Self, Error> {
        let Some(settings) = settings else {
            return Ok(Notifier::none());
        };
        let variables = variables::take();
        #[cfg(unix)]
        super::listen_fds::hold();
        let Some(name) = &variables.notify_socket else {
            return Ok(Notifier::none());
        };
        let socket = match NotifySocket::open(name) {
            Ok(socket) => Socket::new(socket, name.to_string_lossy().into()),
            Err(error) => {
                report::line(&format!(
                    "systemd is told nothing: $NOTIFY_SOCKET is {name:?}: {error}"
                ));
                return Ok(Notifier::none());
            }
        };
        shutdown.hear_progress();
        let now = Instant::now();
        let watchdog = Watchdog::new(variables, settings.check).map_err(Error::Thread)?;
        Ok(Notifier(Some(Link {
            socket,
            stand: Stand::Starting,
            is_announced: settings.is_announced,
            untold: Vec::new(),
            reloads: 0,
            is_reloading: false,
            status: Status::default(),
            extension: settings.extend.map(|bound| Extension::new(bound, now)),
            watchdog,
        })))
    }

    /// `run` is about to begin.
    pub(crate) fn run_begins(&mut self, shutdown: &Shutdown) {
        if let Some(link) = self.0.as_mut().filter(|link| !link.is_announced) {
            // What was said in `start` is over, also what was to be told later.
            let _ = shutdown.take_progress();
            link.status.said.clear();
            link.status.wanted.clear();
            link.is_ready();
            link.tell_states();
        }
    }

    /// The app stops.
    pub(crate) fn stops(&mut self) {
        if let Some(link) = self.0.as_mut() {
            link.stops(Instant::now());
            link.tell_states();
        }
    }

    /// The end waits for these, long enough to be named.
    pub(crate) fn waits_for<'a>(&mut self, names: impl FnOnce() -> Vec<&'a str>) {
        if let Some(link) = &mut self.0 {
            link.status.wait_for(&names());
        }
    }

    /// Looks for what the manager is to be told.
    pub(crate) fn look(&mut self, shutdown: &Shutdown, stage: Stage) {
        if let Some(link) = &mut self.0 {
            link.look(shutdown, stage, Instant::now());
        }
    }

    /// How long to sleep at the most until the next look.
    pub(crate) fn look_again(&self) -> Option<Duration> {
        self.0.as_ref()?.look_again(Instant::now())
    }
}

impl Link {
    fn is_ready(&mut self) {
        if self.stand == Stand::Starting {
            self.stand = Stand::Ready;
            self.untold.push(State::Ready);
            if let Some(extension) = &mut self.extension {
                extension.end();
            }
            if let Some(watchdog) = &self.watchdog {
                watchdog.begin();
            }
        }
    }

    fn stops(&mut self, now: Instant) {
        if self.stand != Stand::Stopping {
            self.stand = Stand::Stopping;
            // What comes before that is over, told or not.
            self.untold = vec![State::Stopping];
            if let Some(extension) = &mut self.extension {
                extension.begin(now);
            }
            if let Some(watchdog) = &self.watchdog {
                watchdog.end();
            }
        }
    }

    /// Notes the reloads that have begun or ended since the last look.
    fn reloads(&mut self, shutdown: &Shutdown) {
        let (begun, goes_on) = shutdown.reloads();
        if self.stand == Stand::Ready {
            if begun != self.reloads {
                // One that the manager was not told of is over with its `READY=1`: the newest counts.
                let first = self
                    .untold
                    .iter()
                    .position(|state| matches!(state, State::Reloading(_)));
                self.untold.truncate(first.unwrap_or(self.untold.len()));
                self.untold.push(State::Reloading(sys::microseconds()));
                self.is_reloading = true;
            }
            if self.is_reloading && !goes_on {
                self.untold.push(State::Ready);
                self.is_reloading = false;
            }
        }
        self.reloads = begun;
    }

    fn look(&mut self, shutdown: &Shutdown, stage: Stage, now: Instant) {
        if self.is_announced && shutdown.is_announced() {
            self.is_ready();
        }
        self.reloads(shutdown);
        self.status.look(shutdown, now);
        if !self.socket.is_due(now) || !self.tell_states() {
            return;
        }
        if let Some(text) = self.status.due(now) {
            if self.socket.tell(&format!("STATUS={text}"), now) {
                self.status.note_told(now);
            }
        }
        let progress = || Progress::of(shutdown, stage);
        if let Some(extension) = &mut self.extension {
            if let Some(more) = extension.look(now, progress) {
                let more = u64::try_from(more.as_micros()).unwrap_or(u64::MAX);
                let message = format!("EXTEND_TIMEOUT_USEC={more}");
                if !self.socket.tell(&message, now) {
                    extension.forget();
                }
            }
        }
        if let Some(watchdog) = &mut self.watchdog {
            if watchdog.look(now) && !self.socket.tell("WATCHDOG=1", now) {
                watchdog.forget();
            }
        }
    }

    /// Tells the states in their order. Returns whether the manager was told all.
    fn tell_states(&mut self) -> bool {
        let now = Instant::now();
        while let Some(&state) = self.untold.first() {
            if !self.socket.tell(&state.message(), now) {
                return false;
            }
            self.untold.remove(0);
        }
        true
    }

    fn look_again(&self, now: Instant) -> Option<Duration> {
        let extension = self.extension.as_ref();
        let watchdog = self.watchdog.as_ref();
        let next = [
            self.status.until_next(now),
            extension.and_then(|extension| extension.until_next(now)),
            watchdog.map(|watchdog| watchdog.until_next(now)),
        ];
        let next = next.into_iter().flatten().min();
        // Nothing is told before a socket that was full is tried again.
        match self.socket.until_retry(now) {
            Some(retry) if self.untold.is_empty() => next.map(|next| next.max(retry)),
            Some(retry) => Some(retry),
            None => next,
        }
    }
}

/// The text of `STATUS=`: what was said last.
#[derive(Debug, Default)]
struct Status {
    /// What the program has said.
    said: String,
    /// What the end waits for.
    waits: String,
    /// What the manager is to be told.
    wanted: String,
    told: String,
    told_at: Option<Instant>,
}

impl Status {
    /// How long after one text the next one is told at the earliest.
    const PERIOD: Duration = Duration::from_millis(100);

    /// How many bytes of a text are told: a message has 4096 at the most.
    const MOST: usize = 1024;

    fn wait_for(&mut self, names: &[&str]) {
        let waits = match names {
            [] => String::new(),
            names => format!("waiting for {}", names.join(", ")),
        };
        if waits != self.waits {
            self.waits = waits;
            let wanted = if self.waits.is_empty() {
                &self.said
            } else {
                &self.waits
            };
            self.wanted = shown(wanted);
        }
    }

    /// Takes what the program has said, unless it is too early to tell that.
    fn look(&mut self, shutdown: &Shutdown, now: Instant) {
        if self.too_early(now).is_none() {
            if let Some(said) = shutdown.take_progress() {
                self.wanted = shown(&said);
                self.said = said;
            }
        }
    }

    /// The text that is to be told now, if one is.
    fn due(&self, now: Instant) -> Option<&str> {
        (self.wanted != self.told && self.too_early(now).is_none()).then_some(&*self.wanted)
    }

    fn note_told(&mut self, now: Instant) {
        self.told.clone_from(&self.wanted);
        self.told_at = Some(now);
    }

    /// How long it is too early to tell another text, if it is.
    fn too_early(&self, now: Instant) -> Option<Duration> {
        let left = Self::PERIOD.checked_sub(now - self.told_at?)?;
        (!left.is_zero()).then_some(left)
    }

    /// How long it takes until the next text may be told. The program's words that come too early wake nobody, so they
    /// are looked for.
    fn until_next(&self, now: Instant) -> Option<Duration> {
        let too_early = self.too_early(now);
        let differs = (self.wanted != self.told).then_some(Duration::ZERO);
        too_early.or(differs)
    }
}

/// A text as it is told: one line, and not too long.
fn shown(text: &str) -> String {
    let mut end = text.len().min(Status::MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut shown = text[..end].replace(['\n', '\0'], " ");
    if end < text.len() {
        shown.push('…');
    }
    shown
}

/// The manager's socket, and how it has gone.
#[derive(Debug)]
struct Socket {
    to: NotifySocket,
    name: String,
    /// Whether the user was told that it cannot be written to.
    is_named: bool,
    /// Since when it is full, and how long it is left alone then.
    full: Option<(Instant, Duration)>,
}

impl Socket {
    /// How long a socket that is full is left alone at first; that doubles up to the longest time.
    const PAUSE: Duration = Duration::from_millis(50);
    const LONGEST: Duration = Duration::from_secs(2);

    fn new(to: NotifySocket, name: String) -> Self {
        Socket {
            to,
            name,
            is_named: false,
            full: None,
        }
    }

    /// Tells this. Returns `false` where the socket is full, so that it is to be told later. Where there is no such
    /// socket, that is said once, and nothing is to be told later.
    fn tell(&mut self, message: &str, now: Instant) -> bool {
        match self.to.send(message) {
            Ok(true) => self.full = None,
            Ok(false) => {
                let pause = match self.full {
                    Some((_, pause)) => (pause * 2).min(Self::LONGEST),
                    None => Self::PAUSE,
                };
                self.full = Some((now, pause));
                return false;
            }
            Err(error) => {
                self.full = None;
                if !std::mem::replace(&mut self.is_named, true) {
                    report::line(&format!(
                        "cannot tell systemd by $NOTIFY_SOCKET, {}: {error}",
                        self.name
                    ));
                }
            }
        }
        true
    }

    /// How long it takes until a socket that was full is to be tried again.
    fn until_retry(&self, now: Instant) -> Option<Duration> {
        let (since, pause) = self.full?;
        Some(pause.saturating_sub(now - since))
    }

    fn is_due(&self, now: Instant) -> bool {
        self.until_retry(now).is_none_or(|left| left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_and_not_too_long() {
        assert_eq!(shown("one\ntwo\0"), "one two ");
        let long = shown(&"é".repeat(2000));
        assert_eq!(long.len(), Status::MOST + '…'.len_utf8());
    }
}
