//! The picture of a stop: what the app has done from the request on, for how long, and who has held it up.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::time::Duration;

use crate::report::one_line;

mod intervals;
mod record;
mod stretch;

#[cfg(feature = "process")]
pub(crate) use record::Open;
pub(crate) use record::{Record, ago, note_shield, set_live};
pub(crate) use stretch::Stretch;

/// What a stop has spent its time on, from the request to the end:
/// [`Outcome::timeline`](crate::Outcome::timeline), [`Shutdown::timeline`](crate::Shutdown::timeline).
///
/// A stop is made of *stretches* that follow each other without a gap: the drain, `run`, the shields that `stop` waits
/// for, `stop`, the exit. Their lengths add up to the whole. Under a stretch are the spans of what has gone on
/// meanwhile, and has ended in it: functions of components, steps of a [`Cleanup`](crate::Cleanup), shields, functions
/// of [`on_request`](crate::Shutdown::on_request) and [`at_exit`](crate::at_exit()), children that were asked to end.
/// Shields of less than a millisecond are left out, and so is what took less than a hundredth of the whole.
///
/// A timeline is printed in 80 columns:
///
/// ```text
/// the stop took 1.75 s: SIGTERM from pid 4711 (uid 1000)
///   `run`                                     0.25 s ####
///     `run` of component `api`                0.25 s ####
///   shields                                   0.90 s     ###############
///     shield `commit` (src/main.rs:31) in thread `writer`
///                                             1.15 s ###################
///   `stop`                                    0.60 s                    ##########
///     `stop` of component `database`          0.60 s                    ##########
/// ```
///
/// ```standalone_crate
/// use aplomb::{Absent, App};
/// use std::time::Duration;
///
/// let ended = App::new(Absent, || (), Absent).run()?;
/// let timeline = ended.timeline();
/// println!("{timeline}");
/// assert_eq!(timeline.stretches().map(|span| span.length).sum::<Duration>(), timeline.length);
/// # Ok::<(), aplomb::Error>(())
/// ```
///
/// The example `timeline` draws one as SVG.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Timeline {
    /// What made the request, in words: those of [`Shutdown::reason`](crate::Shutdown::reason). Where nobody did, and
    /// other code has called `std::process::exit`, this is empty.
    pub why: String,
    /// How long the stop took, or has taken so far.
    pub length: Duration,
    /// Whether the stop is over.
    pub is_over: bool,
    /// The stretches, each followed by the spans of what has ended in it.
    pub spans: Vec<Span>,
}

/// One line of a [`Timeline`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    /// What went on, in the words of the messages: `` `stop` of component `cache` ``.
    pub what: String,
    /// Whether this is a stretch of the stop. Other spans belong to the stretch before them.
    pub is_stretch: bool,
    /// When this began, from the request on. What had begun before the request began at zero.
    pub from: Duration,
    /// When this ended, from the request on; the last time, where it went on several times.
    pub until: Duration,
    /// For how long this went on, all times together. What went on several times at once, as a shield of several tasks,
    /// counts once.
    pub length: Duration,
    /// How often this went on: a worker may hold the same shield again and again.
    pub times: u32,
    /// Whether this has ended.
    pub is_over: bool,
}

impl Timeline {
    /// The stretches alone. Each begins where the one before has ended.
    pub fn stretches(&self) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(|span| span.is_stretch)
    }
}

/// Where the lengths end, and the bars begin.
const BARS: usize = 51;
/// How many columns there are.
const WIDTH: usize = 80;

/// Below this part of the whole a span is not worth a line.
const LEAST: u32 = 100;

/// Whether so long a time is worth a line in a stop of this length.
fn counts(length: Duration, whole: Duration) -> bool {
    length.saturating_mul(LEAST) >= whole
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let took = if self.is_over { "took" } else { "has taken" };
        write!(f, "the stop {took} {}", Length(self.length))?;
        if !self.why.is_empty() {
            write!(f, ": {}", one_line(&self.why))?;
        }
        let worth_it = |span: &&Span| counts(span.length, self.length);
        for span in self.spans.iter().filter(worth_it) {
            let indent = if span.is_stretch { 2 } else { 4 };
            let mut remark = String::new();
            if span.times > 1 {
                let _ = write!(remark, ", {} times", span.times);
            }
            if !span.is_over {
                remark.push_str(", not ended");
            }
            let room = WIDTH - indent - remark.len().min(WIDTH / 2);
            let what = one_line(&span.what);
            let label = format!("{:indent$}{}{remark}", "", cut(&what, room));
            let length = Length(span.length).to_string();
            let bar = self.bar(span);
            write!(f, "\n{label}")?;
            // A label that leaves no room for the length has a line of its own.
            let room = BARS - 1 - length.len() - 1;
            let mut used = label.chars().count();
            if used > room {
                writeln!(f)?;
                used = 0;
            }
            write!(f, "{:>width$} {bar}", length, width = BARS - 1 - used)?;
        }
        Ok(())
    }
}

impl Timeline {
    /// The bar of a span, with the blanks before it.
    fn bar(&self, span: &Span) -> String {
        let columns = WIDTH - BARS;
        let whole = microseconds(self.length).max(1);
        let column = |time: Duration| {
            let scaled = microseconds(time).saturating_mul(columns as u64);
            let column = (scaled + whole / 2) / whole;
            usize::try_from(column).map_or(columns, |column| column.min(columns))
        };
        // Each span is seen: its bar has one column at least.
        let from = column(span.from).min(columns - 1);
        let until = column(span.until).max(from + 1);
        format!("{}{}", " ".repeat(from), "#".repeat(until - from))
    }
}

/// The beginning of a text for which there is no room.
fn cut(text: &str, room: usize) -> Cow<'_, str> {
    if text.chars().count() <= room {
        return text.into();
    }
    let kept: String = text.chars().take(room - 1).collect();
    (kept + "…").into()
}

/// A length as it is printed, with three digits that count.
struct Length(Duration);

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Length(length) = self;
        let length = microseconds(*length);
        // The last digit in microseconds, and how many come behind the point.
        let (step, digits, unit) = match length {
            100_000_000.. => (1_000_000, 0, "s"),
            10_000_000.. => (100_000, 1, "s"),
            100_000.. => (10_000, 2, "s"),
            _ => (100, 1, "ms"),
        };
        let rounded = (length + step / 2) / step;
        let (whole, rest) = match digits {
            0 => return write!(f, "{rounded} {unit}"),
            1 => (rounded / 10, rounded % 10),
            _ => (rounded / 100, rounded % 100),
        };
        write!(f, "{whole}.{rest:0digits$} {unit}")
    }
}

// Floating-point numbers would be simpler here, and printing them takes 20 kB of code.
fn microseconds(length: Duration) -> u64 {
    u64::try_from(length.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn span(what: &str, is_stretch: bool, from: u64, until: u64) -> Span {
        Span {
            what: what.into(),
            is_stretch,
            from: milliseconds(from),
            until: milliseconds(until),
            length: milliseconds(until - from),
            times: 1,
            is_over: true,
        }
    }

    #[test]
    fn a_picture_fits_in_80_columns() {
        let mut timeline = Timeline {
            why: "SIGTERM".into(),
            length: milliseconds(1_750),
            is_over: true,
            spans: vec![
                span("drain", true, 0, 0),
                span("`run`", true, 0, 250),
                span("shields", true, 250, 1_150),
                span(
                    "shield `commit` (src/main.rs:31) in thread `writer`",
                    false,
                    0,
                    1_150,
                ),
                span("`stop`", true, 1_150, 1_750),
                span("`stop` of component `cache`", false, 1_150, 1_166),
                span("`stop` of component `database`", false, 1_166, 1_750),
            ],
        };
        timeline.spans[3].times = 3;
        timeline.spans[5].what = "x".repeat(WIDTH);
        timeline.spans[5].times = 12;
        timeline.spans[5].length = milliseconds(18);
        timeline.spans[6].is_over = false;
        let printed = timeline.to_string();
        assert_eq!(
            printed.lines().collect::<Vec<_>>(),
            [
                "the stop took 1.75 s: SIGTERM",
                "  `run`                                     0.25 s ####",
                "  shields                                   0.90 s     ###############",
                "    shield `commit` (src/main.rs:31) in thread `writer`, 3 times",
                "                                            1.15 s ###################",
                "  `stop`                                    0.60 s                    ##########",
                &format!("    {}…, 12 times", "x".repeat(65)),
                "                                           18.0 ms                    #",
                "    `stop` of component `database`, not ended",
                "                                            0.58 s                    ##########",
            ]
        );
        assert!(printed.lines().all(|line| line.chars().count() <= WIDTH));
    }

    /// A stop that takes no time at all has a picture, too.
    #[test]
    fn a_length_of_zero_is_no_special_case() {
        let timeline = Timeline {
            spans: vec![span("`run`", true, 0, 0)],
            is_over: true,
            ..Timeline::default()
        };
        let printed = timeline.to_string();
        assert_eq!(printed.lines().count(), 2);
        assert!(printed.ends_with(" 0.0 ms #"), "{printed}");
    }

    /// A name may come from elsewhere.
    #[test]
    fn a_name_stays_on_its_line() {
        let timeline = Timeline {
            why: "an order\nof two lines".into(),
            spans: vec![span("`two\tcolumns`", true, 0, 0)],
            ..Timeline::default()
        };
        let printed = timeline.to_string();
        assert_eq!(printed.lines().count(), 2);
        assert!(printed.contains(r": an order\nof two lines"), "{printed}");
        assert!(printed.contains(r"  `two\tcolumns`"), "{printed}");
    }

    #[test]
    fn a_length_has_three_digits() {
        let printed = [50, 640, 12_345, 99_940, 754_321]
            .map(|length| Length(milliseconds(length)).to_string());
        assert_eq!(printed, ["50.0 ms", "0.64 s", "12.3 s", "99.9 s", "754 s"]);
    }
}
