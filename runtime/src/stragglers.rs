//! Naming what the end waits for.
//!
//! Whatever holds the end up is named by one kind of line, with its age, on one schedule: 1, 5 and 15 s after the wait
//! for it has begun, and then every 30 s. Each thing has a schedule of its own, since one may have begun when another
//! one has been named already. Where many of one kind are due at the same look, one line is for most of them.

use std::fmt::{self, Display};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::observe::{self, EventKind};
use crate::report::Line;
use crate::ticks::{self, Moment, TICK};

/// A thing that the end waits for.
#[derive(Debug)]
pub(crate) struct Straggler {
    what: String,
    since: Moment,
    remark: Option<Arc<Remark>>,
    /// What it is one of, where there may be thousands of the kind.
    kind: Option<String>,
}

/// What the line of a thing tells once, beside its name.
///
/// A remark is told when it has been true for a second. Where the thing is named anyway, half of that is enough, so
/// that two that have begun at about the same time make one line.
#[derive(Debug)]
pub(crate) struct Remark {
    words: String,
    since: Moment,
    was_told: AtomicBool,
}

impl Remark {
    /// A remark that is true from now on.
    pub(crate) fn new(words: String) -> Self {
        Remark {
            words,
            since: Moment::now(),
            was_told: AtomicBool::new(false),
        }
    }
}

impl Straggler {
    /// A thing that has been waited for since then.
    pub(crate) fn new(what: impl Display, since: Moment) -> Self {
        Straggler {
            what: what.to_string(),
            since,
            remark: None,
            kind: None,
        }
    }

    /// Returns this thing as one of a kind, in words that follow a number: ``children `worker` ``.
    pub(crate) fn one_of(self, kind: impl Display) -> Self {
        let kind = Some(kind.to_string());
        Straggler { kind, ..self }
    }

    /// Returns this thing with a line that tells something else, too.
    pub(crate) fn remarking(self, remark: Option<Arc<Remark>>) -> Self {
        Straggler { remark, ..self }
    }

    /// The remark, if it is to be told now, after so long a time, and was not told yet.
    fn untold(&self, now: Moment, after: Duration) -> Option<&Remark> {
        let remark = self.remark.as_deref()?;
        // Relaxed: the flag publishes nothing. If two threads tell at the same time, they tell the same.
        let was_told = remark.was_told.load(Ordering::Relaxed);
        (!was_told && now.since(remark.since) >= after).then_some(remark)
    }

    /// Prints the line that names this thing, with its age at this moment.
    fn name(&self, now: Moment) {
        let remark = self.untold(now, FIRST / 2);
        say(&self.what, now.since(self.since), remark);
        // A remark that is too young for this line has one of its own later.
        if remark.is_some() {
            self.note_told();
        }
    }

    /// Notes that the remark, if there is one, needs no line any more.
    fn note_told(&self) {
        if let Some(remark) = &self.remark {
            // Relaxed: as in `untold`.
            remark.was_told.store(true, Ordering::Relaxed);
        }
    }
}

/// Says what is waited for, for how long, and the remark, if there is one.
fn say(what: &str, since: Duration, remark: Option<&Remark>) {
    let mut line = format!("waiting for {what}, for {}", Age(since));
    if let Some(remark) = remark {
        line = format!("{line}; {}", remark.words);
    }
    let by = what.to_owned();
    observe::say(EventKind::HeldUp { by, since }, Line::note(&line));
}

/// Names all of these things at once.
pub(crate) fn name_all(all: impl IntoIterator<Item = Straggler>) {
    let now = Moment::now();
    let mut crowds = Crowds::default();
    for thing in all {
        crowds.name(&thing, now);
    }
    crowds.name_rest(now);
}

/// So many things of one kind are named one by one.
const EACH: usize = 8;

/// Things of one kind, of which there may be thousands, as tasks in the same shield: some are named one by one, and the
/// others by one line together.
#[derive(Debug, Default)]
pub(crate) struct Crowds(Vec<Crowd>);

#[derive(Debug)]
struct Crowd {
    kind: String,
    named: usize,
    more: usize,
    /// Since when the oldest of the others is waited for.
    since: Moment,
}

impl Crowds {
    /// Counts a thing of this kind, which has been waited for since then. Returns whether it is to be named by itself.
    pub(crate) fn admit(&mut self, kind: &str, since: Moment) -> bool {
        // The kind of the last one is that of the next one as a rule.
        let known = self.0.iter_mut().rev().find(|crowd| crowd.kind == kind);
        let Some(crowd) = known else {
            self.0.push(Crowd {
                kind: kind.to_owned(),
                named: 1,
                more: 0,
                since,
            });
            return true;
        };
        if crowd.named < EACH {
            crowd.named += 1;
            return true;
        }
        crowd.since = match crowd.more {
            0 => since,
            _ => crowd.since.min(since),
        };
        crowd.more += 1;
        false
    }

    /// The others of each kind, in words, and since when the oldest of them is waited for.
    pub(crate) fn rest(&self) -> impl Iterator<Item = (String, Moment)> {
        let crowds = self.0.iter().filter(|crowd| crowd.more > 0);
        crowds.map(|crowd| (format!("{} more {}", crowd.more, crowd.kind), crowd.since))
    }

    /// Names a thing, or counts it as one of the others of its kind.
    fn name(&mut self, thing: &Straggler, now: Moment) {
        match &thing.kind {
            Some(kind) if !self.admit(kind, thing.since) => thing.note_told(),
            _ => thing.name(now),
        }
    }

    /// Names the others.
    fn name_rest(&self, now: Moment) {
        for (others, since) in self.rest() {
            say(&others, now.since(since), None);
        }
    }
}

/// An age as it is printed: in seconds, with one digit after the point.
pub(crate) struct Age(pub(crate) Duration);

impl Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Age(age) = self;
        write!(f, "{}.{} s", age.as_secs(), age.subsec_millis() / 100)
    }
}

/// A place in the user's code, which is printed as `src/main.rs:12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(&'static Location<'static>);

impl Place {
    /// Returns the place of whoever has called a function with `#[track_caller]`.
    #[track_caller]
    pub(crate) fn of_caller() -> Self {
        Place(Location::caller())
    }

    pub(crate) fn file(self) -> &'static str {
        self.0.file()
    }

    pub(crate) fn line(self) -> u32 {
        self.0.line()
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place(location) = self;
        write!(f, "{}:{}", location.file(), location.line())
    }
}

/// A wait of the end, from its beginning on: which of the things that it waits for were named already, and when the
/// next one is to be named.
#[derive(Debug)]
pub(crate) struct Stragglers {
    began: Moment,
    /// When this was asked last to name what is due.
    looked: Moment,
    /// When the user was told in other words what the app waits for.
    told: Option<Moment>,
    /// How long after the last look the next one is due.
    next: Duration,
}

/// The first time on the schedule.
pub(crate) const FIRST: Duration = Duration::from_secs(1);
const SECOND: Duration = Duration::from_secs(5);
const THIRD: Duration = Duration::from_secs(15);
const THEN: Duration = Duration::from_secs(30);

/// The first time on the schedule that comes after a wait of this length.
fn next_after(waited: Duration) -> Duration {
    let early = [FIRST, SECOND, THIRD]
        .into_iter()
        .find(|&time| waited < time);
    early.unwrap_or_else(|| {
        let periods = waited.saturating_sub(THIRD).as_secs() / THEN.as_secs() + 1;
        THIRD + Duration::from_secs(periods * THEN.as_secs())
    })
}

/// Whether a time on the schedule has come since the last look, which was so long ago. A pause that spans several times
/// counts once. `told` says how long ago the user was told in other words, if that has happened.
fn is_due(waited: Duration, looked: Duration, told: Option<Duration>) -> bool {
    let mut before = waited.saturating_sub(looked);
    if told.is_some_and(|told| waited >= told) {
        // The line at the first time would say less than what the user was told.
        before = before.max(FIRST);
    }
    next_after(before) <= waited
}

impl Stragglers {
    /// The wait begins now.
    pub(crate) fn new() -> Self {
        ticks::tick();
        let now = Moment::now();
        Stragglers {
            began: now,
            looked: now,
            told: None,
            next: TICK,
        }
    }

    /// When the wait has begun.
    pub(crate) fn began(&self) -> Moment {
        self.began
    }

    /// How long the wait has lasted.
    pub(crate) fn waited(&self) -> Duration {
        self.began.elapsed()
    }

    /// Leaves out the first line of all that is waited for now, since the user was told of it in other words.
    pub(crate) fn user_was_told(&mut self) {
        self.told = Some(Moment::now());
    }

    /// Names those of the things that are due. These are all things that are waited for at this moment.
    pub(crate) fn name_due(&mut self, all: impl IntoIterator<Item = Straggler>) {
        ticks::tick();
        // One moment counts for all that follows, and it is where the next look goes on from. If some ages were of
        // another one, a time on the schedule that lies between the two would be found twice, or never.
        let now = Moment::now();
        let looked = now.since(self.looked);
        let told = self.told.map(|told| now.since(told));
        self.looked = now;
        self.next = TICK;
        let mut crowds = Crowds::default();
        for thing in all {
            let waited = self.waited_for(&thing, now);
            if is_due(waited, looked, told) || thing.untold(now, FIRST).is_some() {
                crowds.name(&thing, now);
            }
            self.next = self.next.min(next_after(waited).saturating_sub(waited));
        }
        crowds.name_rest(now);
    }

    /// How long this thing has been waited for. One that is older than the wait is waited for since the wait has begun.
    fn waited_for(&self, thing: &Straggler, now: Moment) -> Duration {
        now.since(thing.since.max(self.began))
    }

    /// The names of those that have been waited for long enough to be named once.
    pub(crate) fn overdue<'a>(&self, all: &'a [Straggler]) -> Vec<&'a str> {
        let now = Moment::now();
        let overdue = all
            .iter()
            .filter(|thing| self.waited_for(thing, now) >= FIRST);
        overdue.map(|thing| &*thing.what).collect()
    }

    /// How long to sleep at the most until the next look.
    pub(crate) fn look_again(&self) -> Duration {
        self.next.saturating_sub(self.looked.elapsed())
    }
}

impl Drop for Stragglers {
    fn drop(&mut self) {
        ticks::rest();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// The seconds in which a thing is named that is looked at once a second.
    fn named(told: Option<u64>) -> Vec<u64> {
        let is_due = |&second: &u64| {
            let told = told.and_then(|told| second.checked_sub(told)).map(seconds);
            is_due(seconds(second), seconds(1), told)
        };
        (1..120).filter(is_due).collect()
    }

    #[test]
    fn a_thing_is_named_after_1_5_15_seconds_and_every_30() {
        assert_eq!(named(None), [1, 5, 15, 45, 75, 105]);
    }

    #[test]
    fn who_was_told_in_other_words_hears_of_it_after_5_seconds() {
        assert_eq!(named(Some(0)), [5, 15, 45, 75, 105]);
        assert_eq!(named(Some(7)), [1, 5, 15, 45, 75, 105]);
        // What has begun after that is named after a second.
        assert!(is_due(seconds(1), seconds(1), Some(seconds(2))));
    }

    /// The looks are not at even times, and a thread that looks may be held up at any point.
    #[test]
    fn a_time_that_lies_between_two_looks_is_found_once() {
        let began = Moment::at(10_000).expect("this is a moment");
        for step in 1..600 {
            let times = (0..)
                .map(|look| 10_000 + look * step)
                .take_while(|time| *time < 17_000);
            let moments: Vec<_> = times.filter_map(Moment::at).collect();
            let due = moments
                .windows(2)
                .filter(|looks| is_due(looks[1].since(began), looks[1].since(looks[0]), None));
            assert_eq!(due.count(), 2, "a look every {step} ms");
        }
    }

    #[test]
    fn of_many_some_are_named_and_the_others_counted() {
        let at = |time| Moment::at(time).expect("this is a moment");
        let mut crowds = Crowds::default();
        let mut admitted = 0;
        for time in 0..100 {
            let kind = if time % 2 == 0 { "even" } else { "odd" };
            // The oldest comes in the middle.
            let since = at(1_000 + (time + 50) % 100);
            admitted += usize::from(crowds.admit(kind, since));
        }
        assert_eq!(admitted, 2 * EACH);
        let rest = |kind, since| (format!("42 more {kind}"), at(since));
        let expected = [rest("even", 1_000), rest("odd", 1_001)];
        assert_eq!(crowds.rest().collect::<Vec<_>>(), expected);
    }

    /// A wait inside a shield may begin just before the shield is named.
    #[test]
    fn a_remark_that_is_too_young_is_told_later() {
        let at = |time| Moment::at(time).expect("this is a moment");
        let remark = Arc::new(Remark {
            words: "it waits".into(),
            since: at(10_000),
            was_told: AtomicBool::new(false),
        });
        let thing = Straggler::new("a test", at(9_000)).remarking(Some(remark));
        thing.name(at(10_100));
        assert!(thing.untold(at(11_000), FIRST).is_some());
        thing.name(at(11_000));
        assert!(thing.untold(at(12_000), FIRST).is_none());
    }

    #[test]
    fn a_long_pause_is_one_line() {
        assert!(is_due(seconds(100), seconds(100), None));
        assert!(!is_due(seconds(101), seconds(1), None));
    }

    #[test]
    fn what_was_not_there_at_the_last_look_is_named_in_its_own_time() {
        assert!(!is_due(Duration::from_millis(900), seconds(1), None));
        assert!(is_due(seconds(1), Duration::from_millis(100), None));
    }
}
