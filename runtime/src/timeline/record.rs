//! What is noted while an app stops.
//!
//! The listener notes in which stretch of the stop the app is. Whoever ends something notes how long that has taken:
//! the app's thread, and others. A shield notes it as it ends, for which it looks at the clock from the request on.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::intervals::Intervals;
use super::stretch::Stretch;
use super::{Span, Timeline, counts};
use crate::sync::lock;
use crate::sys::PerProcess;

/// How many different things are noted at the most. Those that took longest stay.
const MOST: usize = 1024;

/// A shield that was held for less than this is not noted.
const LEAST: Duration = Duration::from_millis(1);

/// The times of one app.
#[derive(Debug, Default)]
pub(crate) struct Record(Mutex<Times>);

#[derive(Debug, Default)]
struct Times {
    /// The stretches, each with its beginning. Empty until the stop begins.
    stretches: Vec<(Stretch, Instant)>,
    /// What has ended since the stop has begun. These are few as a rule: what goes on again and again is one.
    ended: Vec<Ended>,
    /// What goes on, by its number.
    open: Vec<(u64, String, Instant)>,
    /// How many have begun so far, which tells one from another.
    begun: u64,
    /// When the stop was over.
    over: Option<Instant>,
    /// From which length on the picture is printed at the end.
    explain: Option<Duration>,
}

/// One thing that has ended, perhaps several times.
#[derive(Debug)]
struct Ended {
    what: String,
    /// In which of the stretches.
    stretch: usize,
    intervals: Intervals,
}

/// The record of the live app, for shields. A forked child has none.
static LIVE: PerProcess<Mutex<Option<Arc<Record>>>> = PerProcess::new(Mutex::default);

/// Makes a record the one that shields write to.
pub(crate) fn set_live(record: Option<Arc<Record>>) {
    // The lock is held for the exchange alone.
    let before = std::mem::replace(&mut *lock(&LIVE), record);
    drop(before);
}

/// Notes that a shield has ended that was held for this long. `who` is what the picture calls it, if it is to be there.
pub(crate) fn note_shield(held: Duration, who: impl FnOnce() -> Option<String>) {
    if held < LEAST {
        return;
    }
    // The lock is for the copy only.
    let live = lock(&LIVE).clone();
    if let (Some(record), Some(who)) = (live, who()) {
        record.note(ago(held), || who);
    }
}

/// The moment so long ago. A clock that has not run for so long gives the present one.
pub(crate) fn ago(age: Duration) -> Instant {
    let now = Instant::now();
    now.checked_sub(age).unwrap_or(now)
}

impl Record {
    /// The picture is printed at the end if the stop takes so long.
    pub(crate) fn set_explain(&self, explain: Option<Duration>) {
        lock(&self.0).explain = explain;
    }

    /// The stop is in this stretch. Only the listener says so; the first time the stop has begun, so long ago.
    pub(crate) fn enter(&self, stretch: Stretch, began: Duration) {
        // The lock is held for the look and the push.
        let mut times = lock(&self.0);
        match times.stretches.last() {
            None => times.stretches.push((stretch, ago(began))),
            Some((last, _)) if *last == stretch => {}
            Some(_) => times.stretches.push((stretch, Instant::now())),
        }
    }

    /// The stop is over.
    pub(crate) fn end(&self) {
        lock(&self.0).over = Some(Instant::now());
    }

    /// Notes that something has ended that went on since then.
    pub(crate) fn note(&self, since: Instant, what: impl FnOnce() -> String) {
        // The lock is held while the words are made and kept. They are made of names, and take no lock that is held
        // while this one is taken.
        lock(&self.0).note(since, what);
    }

    /// Notes that something goes on, until the value that is returned is dropped.
    #[cfg_attr(
        not(feature = "process"),
        allow(dead_code, reason = "this is for children")
    )]
    pub(crate) fn open(self: &Arc<Self>, what: String) -> Open {
        // The lock is held for the count and the push.
        let mut times = lock(&self.0);
        times.begun += 1;
        let number = times.begun;
        times.open.push((number, what, Instant::now()));
        drop(times);
        Open {
            record: Arc::clone(self),
            number,
        }
    }

    /// What is noted so far, with what goes on besides. `None` before the stop.
    pub(crate) fn picture(
        &self,
        why: String,
        going_on: Vec<(String, Instant)>,
    ) -> Option<Timeline> {
        // The lock is held while the picture is made, which is of bounded length.
        lock(&self.0).picture(why, going_on)
    }

    /// Returns whether the picture is to be printed now, at the end: once, if the stop took so long.
    pub(crate) fn take_explain(&self) -> bool {
        // The lock is held for the look and the change, since several threads may end the process.
        let mut times = lock(&self.0);
        let Some(&(_, began)) = times.stretches.first() else {
            return false;
        };
        times
            .explain
            .take()
            .is_some_and(|least| began.elapsed() >= least)
    }
}

impl Times {
    fn note(&mut self, since: Instant, what: impl FnOnce() -> String) {
        let Some(&(_, began)) = self.stretches.first() else {
            return;
        };
        let (from, until) = (since.max(began), Instant::now());
        let (what, stretch) = (what(), self.stretches.len() - 1);
        let mut known = self.ended.iter_mut();
        if let Some(known) = known.find(|ended| ended.stretch == stretch && ended.what == what) {
            return known.intervals.add(from, until);
        }
        if self.ended.len() >= MOST {
            self.forget_short_ones();
        }
        if self.ended.len() < MOST {
            let mut intervals = Intervals::new(from);
            intervals.add(from, until);
            self.ended.push(Ended {
                what,
                stretch,
                intervals,
            });
        }
    }

    /// Makes room for others, if some took less than the average: these will not be worth a line.
    fn forget_short_ones(&mut self) {
        let lengths = self.ended.iter().map(|ended| ended.intervals.length());
        let sum = lengths.fold(Duration::ZERO, Duration::saturating_add);
        let average = sum / u32::try_from(self.ended.len()).unwrap_or(u32::MAX);
        self.ended
            .retain(|ended| ended.intervals.length() >= average);
    }

    fn picture(&self, why: String, going_on: Vec<(String, Instant)>) -> Option<Timeline> {
        let &(_, began) = self.stretches.first()?;
        let end = self.over.unwrap_or_else(Instant::now);
        let whole = end - began;
        let last = self.stretches.len() - 1;
        let is_over = self.over.is_some();
        let own = self.open.iter();
        let own = own.map(|(_, what, since)| (what.clone(), *since));
        // What goes on several times at once, as a shield of several tasks, is one line. These are few.
        let mut open: Vec<(String, Instant, u32)> = Vec::new();
        for (what, since) in own.chain(going_on) {
            match open.iter_mut().find(|(known, ..)| *known == what) {
                Some((_, first, times)) => (*first, *times) = (since.min(*first), *times + 1),
                None => open.push((what, since, 1)),
            }
        }
        let mut spans = Vec::new();
        for (number, &(stretch, from)) in self.stretches.iter().enumerate() {
            let next = self.stretches.get(number + 1);
            let until = next.map_or(end, |&(_, next)| next);
            spans.push(Span {
                what: stretch.to_string(),
                is_stretch: true,
                from: from - began,
                until: until - began,
                length: until - from,
                times: 1,
                is_over: is_over || number < last,
            });
            let first = spans.len();
            // Those that began first come first.
            let mut add = |span: Span| {
                if counts(span.length, whole) {
                    let key = |span: &Span| (span.from, span.until);
                    let later = spans[first..]
                        .iter()
                        .position(|other| key(other) > key(&span));
                    spans.insert(later.map_or(spans.len(), |later| first + later), span);
                }
            };
            for ended in self.ended.iter().filter(|ended| ended.stretch == number) {
                add(Span {
                    what: ended.what.clone(),
                    is_stretch: false,
                    from: ended.intervals.from - began,
                    until: ended.intervals.until() - began,
                    length: ended.intervals.length(),
                    times: ended.intervals.times,
                    is_over: true,
                });
            }
            for &(ref what, since, times) in open.iter().filter(|_| number == last) {
                let from = since.max(began).min(end) - began;
                add(Span {
                    what: what.clone(),
                    is_stretch: false,
                    from,
                    until: whole,
                    length: whole.saturating_sub(from),
                    times,
                    is_over: false,
                });
            }
        }
        Some(Timeline {
            why,
            length: whole,
            is_over,
            spans,
        })
    }
}

/// Stands for something that goes on; from [`Record::open`].
#[cfg_attr(
    not(feature = "process"),
    allow(dead_code, reason = "this is for children")
)]
#[derive(Debug)]
pub(crate) struct Open {
    record: Arc<Record>,
    number: u64,
}

impl Drop for Open {
    fn drop(&mut self) {
        // The lock is held for both steps, so that a picture that is made meanwhile shows it once.
        let mut times = lock(&self.record.0);
        let position = times.open.iter().position(|entry| entry.0 == self.number);
        if let Some((_, what, since)) = position.map(|position| times.open.remove(position)) {
            times.note(since, || what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;

    fn words(timeline: &Timeline) -> Vec<&str> {
        timeline.spans.iter().map(|span| &*span.what).collect()
    }

    #[test]
    fn stretches_add_up_and_spans_are_where_they_end() {
        let record = Arc::new(Record::default());
        assert_eq!(record.picture(String::new(), Vec::new()), None);
        // What ends before the stop is not of it.
        drop(record.open("early".into()));
        let (ends, goes_on) = (record.open("ends".into()), record.open("goes on".into()));
        record.enter(Stretch::Drain, Duration::ZERO);
        record.enter(Stretch::Drain, Duration::ZERO);
        let began = Instant::now();
        sleep(Duration::from_millis(3));
        record.enter(Stretch::Stop, Duration::ZERO);
        sleep(Duration::from_millis(3));
        drop(ends);
        for _ in 0..3 {
            record.note(began, || "again".into());
        }
        let so_far = record.picture("why".into(), vec![("besides".into(), began)]);
        let so_far = so_far.expect("the stop has begun");
        assert_eq!(
            words(&so_far),
            ["the drain", "`stop`", "ends", "goes on", "again", "besides"]
        );
        assert_eq!(so_far.spans[4].times, 3);
        assert!(!so_far.is_over && so_far.spans[0].is_over);
        assert!(!so_far.spans[1].is_over && !so_far.spans[5].is_over);
        record.end();
        drop(goes_on);
        let timeline = record
            .picture("why".into(), Vec::new())
            .expect("it is over");
        assert!(timeline.is_over && timeline.spans.iter().all(|span| span.is_over));
        let stretches: Vec<_> = timeline.stretches().collect();
        assert_eq!(stretches[0].from, Duration::ZERO);
        assert_eq!(stretches[0].until, stretches[1].from);
        assert_eq!(stretches[1].until, timeline.length);
    }

    /// What goes on several times is one line, since when the first of them does.
    #[test]
    fn several_that_have_not_ended_are_one_line() {
        let record = Record::default();
        record.enter(Stretch::Run, Duration::ZERO);
        let began = Instant::now();
        let going_on = |number| ("a shield".to_owned(), began + Duration::from_millis(number));
        let timeline = record.picture(String::new(), (0..5_000).map(going_on).collect());
        let timeline = timeline.expect("the stop has begun");
        let [_, shield] = &timeline.spans[..] else {
            panic!("one line was due: {} spans", timeline.spans.len());
        };
        assert_eq!((shield.times, shield.is_over), (5_000, false));
        assert_eq!(shield.from + shield.length, shield.until);
        assert_eq!(shield.from, began - lock(&record.0).stretches[0].1);
    }

    #[test]
    fn the_longest_stay() {
        let record = Record::default();
        record.enter(Stretch::Drain, Duration::ZERO);
        let began = Instant::now();
        sleep(Duration::from_millis(20));
        record.note(began, || "long".into());
        for number in 0..10 * MOST {
            record.note(Instant::now(), || number.to_string());
        }
        let timeline = record.picture(String::new(), Vec::new());
        let timeline = timeline.expect("the stop has begun");
        assert!(words(&timeline).contains(&"long"), "{timeline:?}");
        assert!(lock(&record.0).ended.len() <= MOST);
    }

    #[test]
    fn it_is_printed_once_and_only_after_so_long_a_time() {
        let record = Record::default();
        record.set_explain(Some(Duration::ZERO));
        assert!(!record.take_explain());
        record.enter(Stretch::Run, Duration::ZERO);
        assert!(record.take_explain());
        assert!(!record.take_explain());
        record.set_explain(Some(Duration::from_secs(3600)));
        assert!(!record.take_explain());
    }
}
