//! `Cancelled`, the error of an interruption point, and how it is found inside another error.
//!
//! An interruption point is a method of `Shutdown` that the cancellation ends, such as `checkpoint` or `sleep`. A
//! function passes the error on with `?`, mostly inside an error type of its own. When the phase has ended, the library
//! has to know whether it failed, or only did as it was asked.
//!
//! The rule: an error is the cancellation if it is a `Cancelled`; if its type is one of those that this file knows, and
//! the chain of its [sources](Error::source) has a `Cancelled`; or if its `Debug` prints a `Cancelled` and no other
//! value.
//!
//! Why the last part: an error may be of any type with `Debug + 'static`, as for `main`, and no other way sees into all
//! of these. `Any` recognises a type only if this file can name it, which it cannot for the enum of a program, nor for
//! `anyhow::Error`. The latter does not implement [`Error`], so it has no `source` to ask for. Whether some type
//! implements `Error` is a question that a generic function can ask by specialization alone, which stable Rust does not
//! have. But every error has `Debug`, and a `Cancelled` notices when it is printed.

use std::any::Any;
use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Debug, Write};
use std::io;

/// The error of an interruption point, such as [`Shutdown::checkpoint`](crate::Shutdown::checkpoint): the shutdown was
/// requested.
///
/// A function that returns this error after a request has not failed. Nothing is printed, and the exit status is that
/// of the request. The same holds for an error with a `Cancelled` inside:
///
/// - an [`io::Error`](std::io::Error), or a boxed [`Error`](std::error::Error), that has a `Cancelled` in the chain of
///   its [sources](std::error::Error::source);
/// - a report that prints a `Cancelled` as a cause, such as `anyhow::Error`;
/// - an enum of your own that wraps a `Cancelled`, or one of these errors, and no other value.
///
/// An error of your own that holds another value beside the `Cancelled` is a failure. So is every such error before a
/// request.
///
/// ```
/// use aplomb::{Cancelled, Shutdown};
///
/// fn run(shutdown: &Shutdown) -> Result<(), Cancelled> {
///     loop {
///         shutdown.checkpoint()?;
///         // the next piece of work
///         # shutdown.request("the example is over");
///     }
/// }
/// # assert!(run(&Shutdown::new()).is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        note_shown(Shown::Display);
        f.write_str("the shutdown was requested")
    }
}

impl Debug for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        note_shown(Shown::Debug);
        f.write_str("Cancelled")
    }
}

impl Error for Cancelled {}

/// Lets `shutdown.accept(&listener)??` stand in a function that returns `io::Result`. The error counts as the
/// `Cancelled` in it.
impl From<Cancelled> for io::Error {
    fn from(cancelled: Cancelled) -> Self {
        io::Error::other(cancelled)
    }
}

/// By which trait a `Cancelled` was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Display,
    Debug,
}

thread_local! {
    /// By which trait a `Cancelled` was printed last on this thread. `is_all_that_is_printed` clears this, prints an
    /// error, and looks.
    static SHOWN: Cell<Option<Shown>> = const { Cell::new(None) };
}

fn note_shown(how: Shown) {
    // In a thread's last destructors the cell is gone, and nobody watches.
    let _ = SHOWN.try_with(|shown| shown.set(Some(how)));
}

/// Whether an `Err` is the cancellation that comes back. This calls the error's `Debug`, which may take long, or panic.
pub(crate) fn is_cancellation(error: &(impl Debug + 'static)) -> bool {
    match known_error(error) {
        Some(known) if is_in_chain(known) => true,
        _ => is_all_that_is_printed(error),
    }
}

/// The error as an [`Error`], whose sources can be asked for, if its type is one of these.
fn known_error(error: &dyn Any) -> Option<&(dyn Error + 'static)> {
    if let Some(error) = error.downcast_ref::<Cancelled>() {
        return Some(error);
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return Some(error);
    }
    if let Some(error) = error.downcast_ref::<Box<dyn Error>>() {
        return Some(&**error);
    }
    if let Some(error) = error.downcast_ref::<Box<dyn Error + Send>>() {
        return Some(&**error);
    }
    let error = error.downcast_ref::<Box<dyn Error + Send + Sync>>()?;
    Some(&**error)
}

/// Whether this error, or one in the chain of its sources, is a `Cancelled`.
fn is_in_chain(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<Cancelled>() {
            return true;
        }
        // The source of an `io::Error` is not the error that it holds, but the source of that one. So the held one is
        // looked at here.
        let held = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if held.is_some_and(<dyn Error + Send + Sync>::is::<Cancelled>) {
            return true;
        }
        next = error.source();
    }
    false
}

/// Whether the error's `Debug` prints a `Cancelled` and no other value.
fn is_all_that_is_printed(error: &impl Debug) -> bool {
    let mut reader = Reader::default();
    SHOWN.set(None);
    // An `Err` says only that the reader has seen enough.
    let _ = write!(reader, "{error:?}");
    match SHOWN.take() {
        // A report prints an error and its causes, one below the other, by `Display`, and each of them came from the
        // `Cancelled`. Their messages may have commas. So only a comma counts that stands between values.
        Some(Shown::Display) => !reader.separated,
        // A derived `Debug` prints the values that it holds by `Debug`, with commas between them.
        Some(Shown::Debug) => !reader.several,
        None => false,
    }
}

/// Reads what an error prints, and notes whether there are several values. The text itself is not kept, since it may be
/// of any length.
///
/// What tells values from messages is how the text is cut into pieces, that is into calls of `write_str`. A derived
/// `Debug` prints what it adds in pieces of their own: `Job`, ` { `, `name`, `: `, the value, `, `. So does a `Debug`
/// that is written by hand with `write!`, apart from the name, which comes with the bracket. The message of an error is
/// mostly one piece, whatever is in it.
///
/// In doubt this says that there are several values. Then the error counts as a failure, and is printed: better one
/// message too many than a failure that nobody hears of.
#[derive(Default)]
struct Reader {
    /// Whether there was a comma, wherever it stood. A derived `Debug` separates values by commas.
    several: bool,
    /// Whether there was a comma that stood between values, and not in a message: one that began a piece of its own.
    separated: bool,
    /// Whether there was a bracket, behind which several values may come, also behind a `Cancelled`.
    opened: bool,
    /// How many bytes of `IN_IO_ERROR` were printed last.
    matched: usize,
    /// The byte that was printed last.
    last: u8,
    /// How many bytes were printed behind a `Cancelled`, and one for each piece, since a piece may be empty.
    read_on: usize,
}

/// What the `Debug` of an `io::Error` begins with that holds another error. Nobody has put the kind into it as a value
/// of his own, so the comma behind it separates nothing.
const IN_IO_ERROR: &[u8] = b"Custom { kind: Other,";

/// How much is read behind a `Cancelled` to see whether there is another value: 1 MiB, which is more than any backtrace
/// has.
const ENOUGH: usize = 1 << 20;

impl Write for Reader {
    /// Reads a piece, and returns an error as soon as more text cannot change the answer. The error ends the printing.
    /// What would come may be a backtrace, whose symbols take a good part of a second to find, or may never end.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (position, byte) in text.bytes().enumerate() {
            if byte == IN_IO_ERROR[self.matched] {
                self.matched += 1;
            } else {
                // The first byte of `IN_IO_ERROR` comes in it only once. So a match that fails here can begin anew only
                // here.
                self.matched = usize::from(byte == IN_IO_ERROR[0]);
            }
            if self.matched == IN_IO_ERROR.len() {
                self.matched = 0;
            } else if byte == b',' {
                self.several = true;
                self.separated |= text == ", " || (self.opened && position == 0);
            }
        }
        self.opened |= text.trim_end().ends_with(['(', '[', '{']);
        if text == "{" && self.last != b' ' {
            // A map or a set begins like this; a value of a map has a key beside it. The brace of a struct comes after
            // a space.
            self.doubt();
        }
        self.last = text.bytes().next_back().unwrap_or(self.last);
        let decided = match SHOWN.get() {
            Some(Shown::Display) => self.separated || !self.opened,
            Some(Shown::Debug) => self.several,
            None => return Ok(()),
        };
        self.read_on += text.len() + 1;
        if decided {
            Err(fmt::Error)
        } else if self.read_on > ENOUGH {
            self.doubt();
            Err(fmt::Error)
        } else {
            Ok(())
        }
    }
}

impl Reader {
    /// Notes that there may be several values, by whichever trait the `Cancelled` was printed.
    fn doubt(&mut self) {
        (self.several, self.separated) = (true, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_cancelled(error: impl Debug + 'static) -> bool {
        is_cancellation(&error)
    }

    #[derive(Debug)]
    #[allow(dead_code, reason = "read by the derived Debug")]
    enum Own {
        Stopped(Cancelled),
        Named { cause: Cancelled },
        Disk(io::Error),
        Inner(Box<Own>),
        Report(Report),
        Both { first: Cancelled, second: String },
        Pair(io::Error, u8),
        Late(u8, Cancelled),
        Many(Vec<Cancelled>),
    }

    /// Prints as `anyhow::Error` does: by `Display`, with the causes below.
    struct Report(&'static str, Box<dyn Error>);

    impl Debug for Report {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}\n\nCaused by:", self.0)?;
            let mut next = Some(&*self.1);
            while let Some(error) = next {
                write!(f, "\n    {error}")?;
                next = error.source();
            }
            Ok(())
        }
    }

    /// Has a source, as what a derive of `thiserror` makes, and other things beside it.
    #[derive(Debug)]
    struct Caused(&'static str, Box<dyn Error + Send + Sync>);

    impl fmt::Display for Caused {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Caused {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&*self.1)
        }
    }

    fn caused(by: impl Into<Box<dyn Error + Send + Sync>>) -> Caused {
        Caused("while sending a, b", by.into())
    }

    #[test]
    fn finds_the_cancellation() {
        assert!(is_cancelled(Cancelled));
        assert!(is_cancelled(Box::<dyn Error>::from(Cancelled)));
        assert!(is_cancelled(Box::<dyn Error + Send + Sync>::from(
            Cancelled
        )));
        assert!(is_cancelled(io::Error::from(Cancelled)));
        assert!(is_cancelled(Own::Stopped(Cancelled)));
        assert!(is_cancelled(Own::Disk(Cancelled.into())));
        assert!(is_cancelled(Report("while sending a, b", Cancelled.into())));
    }

    #[test]
    fn finds_it_in_boxes() {
        let sendable: Box<dyn Error + Send> = Box::new(Cancelled);
        assert!(is_cancelled(sendable));
        assert!(is_cancelled(Box::new(Cancelled)));
        assert!(is_cancelled(Box::<dyn Error>::from(caused(Cancelled))));
        assert!(is_cancelled(Box::<dyn Error>::from(caused(caused(
            Cancelled
        )))));
        let held = io::Error::from(Cancelled);
        assert!(is_cancelled(Box::<dyn Error>::from(held)));
    }

    #[test]
    fn finds_it_in_io_errors() {
        let held = io::Error::from(Cancelled);
        assert!(is_cancelled(io::Error::other(held)));
        let held = io::Error::other(caused(Cancelled));
        assert!(is_cancelled(held));
        let held = io::Error::other(caused(io::Error::from(Cancelled)));
        assert!(is_cancelled(held));
    }

    #[test]
    fn finds_it_in_enums() {
        assert!(is_cancelled(Own::Named { cause: Cancelled }));
        assert!(is_cancelled(Own::Inner(Box::new(Own::Stopped(Cancelled)))));
        let twice = io::Error::other(io::Error::from(Cancelled));
        assert!(is_cancelled(Own::Inner(Box::new(Own::Disk(twice)))));
    }

    #[test]
    fn finds_it_in_reports() {
        let report = || Report("while sending a, b", caused(Cancelled).into());
        assert!(is_cancelled(report()));
        assert!(is_cancelled(Own::Report(report())));
        let held = io::Error::from(Cancelled);
        assert!(is_cancelled(Report("a, b", held.into())));
    }

    #[test]
    fn a_failure_stays_one() {
        assert!(!is_cancelled("Cancelled"));
        assert!(!is_cancelled(()));
        assert!(!is_cancelled(Own::Disk(io::ErrorKind::NotFound.into())));
        assert!(!is_cancelled(Own::Both {
            first: Cancelled,
            second: "the disk is full".into()
        }));
        assert!(!is_cancelled(Box::<dyn Error>::from("the disk is full")));
        assert!(!is_cancelled(Box::<dyn Error>::from(caused("Cancelled"))));
        assert!(!is_cancelled(io::Error::other(
            "the shutdown was requested"
        )));
        assert!(!is_cancelled(Report("a", "the disk is full".into())));
    }

    #[test]
    fn what_stands_beside_it_makes_it_a_failure() {
        assert!(!is_cancelled((Cancelled, Cancelled)));
        assert!(!is_cancelled(Own::Pair(Cancelled.into(), 1)));
        assert!(!is_cancelled(Own::Late(1, Cancelled)));
        assert!(!is_cancelled(Own::Many(vec![Cancelled, Cancelled])));
        assert!(!is_cancelled(caused(Cancelled)));
        // The kind is what somebody has chosen, so this is two values.
        let chosen = io::Error::new(io::ErrorKind::NotFound, Cancelled);
        assert!(!is_cancelled(Own::Disk(chosen)));
    }

    /// An error that prints by `Display`, as a report without causes does.
    struct Bare(Box<dyn Error>);

    impl Debug for Bare {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.0)
        }
    }

    fn bare(error: impl Into<Box<dyn Error>>) -> Bare {
        Bare(error.into())
    }

    #[derive(Debug)]
    #[allow(dead_code, reason = "read by the derived Debug")]
    struct Job<T, U> {
        first: T,
        second: U,
    }

    #[derive(Debug)]
    #[allow(dead_code, reason = "read by the derived Debug")]
    struct Pair<T, U>(T, U);

    #[derive(Debug)]
    #[allow(dead_code, reason = "read by the derived Debug")]
    struct One<T>(T);

    /// A pair whose `Debug` is written by hand.
    struct ByHand<T, U>(T, U);

    impl<T: Debug, U: Debug> Debug for ByHand<T, U> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "ByHand({:?}, second: {:?})", self.0, self.1)
        }
    }

    /// Asserts that these two are two, in whatever holds them.
    fn are_two<T: Debug + 'static, U: Debug + 'static>(two: impl Fn() -> (T, U)) {
        assert!(!is_cancelled(two()));
        assert!(!is_cancelled(One(two())));
        assert!(!is_cancelled(Some(One(vec![two()]))));
        let (first, second) = two();
        assert!(!is_cancelled(Pair(first, second)));
        let (first, second) = two();
        assert!(!is_cancelled(One(Job { first, second })));
        let (first, second) = two();
        assert!(!is_cancelled(ByHand(first, second)));
        let (first, second) = two();
        assert!(!is_cancelled(std::collections::BTreeMap::from([(
            0,
            (first, second)
        )])));
    }

    #[test]
    fn what_stands_beside_a_report_of_it_makes_it_a_failure() {
        are_two(|| (bare("the disk is full"), bare(Cancelled)));
        are_two(|| (bare(Cancelled), bare("the disk is full")));
        are_two(|| (bare(Cancelled), bare(Cancelled)));
        are_two(|| (Cancelled, bare(Cancelled)));
        are_two(|| (bare(Cancelled), Cancelled));
        are_two(|| (bare(Cancelled), 3_u32));
        are_two(|| ("the third", bare(Cancelled)));
        are_two(|| (Report("while sending a, b", Cancelled.into()), ()));
        are_two(|| ((), Report("while sending a, b", Cancelled.into())));
        are_two(|| (One(bare(Cancelled)), One(bare("the disk is full"))));
        let several = vec![bare("the disk is full"), bare(Cancelled), bare("a")];
        assert!(!is_cancelled(One(several)));
        assert!(!is_cancelled(std::collections::BTreeMap::from([(
            "the third",
            bare(Cancelled)
        )])));
        let cancelled = Some(Cancelled);
        assert!(!is_cancelled(std::collections::BTreeMap::from([(
            "the third",
            cancelled
        )])));
    }

    #[test]
    fn a_report_of_it_alone_is_it_in_whatever_holds_it() {
        assert!(is_cancelled(bare(Cancelled)));
        assert!(is_cancelled(One(bare(Cancelled))));
        assert!(is_cancelled(Some(One(vec![bare(Cancelled)]))));
        assert!(is_cancelled(One(Report("a, b (c, d", Cancelled.into()))));
        // What a report that was made an error is inside an `io::Error`.
        assert!(is_cancelled(ByIoError(bare(Cancelled))));
        assert!(is_cancelled(One(ByIoError(One(bare(Cancelled))))));
    }

    /// Prints as an `io::Error` does that holds this.
    struct ByIoError<T>(T);

    impl<T: Debug> Debug for ByIoError<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("Custom")
                .field("kind", &io::ErrorKind::Other)
                .field("error", &self.0)
                .finish()
        }
    }

    /// An error whose message has values in it.
    #[derive(Debug)]
    struct Sending(&'static str, u8);

    impl fmt::Display for Sending {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "while sending {}, try {} of {}", self.0, self.1, 3)
        }
    }

    /// Prints an error, and the cancellation as its cause.
    struct With<T>(T);

    impl<T: fmt::Display> Debug for With<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}\n\nCaused by:\n    {Cancelled}", self.0)
        }
    }

    #[test]
    fn the_commas_of_a_message_separate_no_values() {
        assert!(is_cancelled(With(Sending("a, b", 1))));
    }

    /// A report with a backtrace that nobody must ask for.
    struct WithBacktrace;

    impl Debug for WithBacktrace {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{Cancelled}")?;
            f.write_str("\n\nStack backtrace:\n")?;
            panic!("the symbols are being resolved");
        }
    }

    #[test]
    fn a_backtrace_is_not_resolved_for_nothing() {
        assert!(is_cancelled(WithBacktrace));
    }

    /// Prints a `Cancelled`, and then other things as long as somebody reads them.
    struct Endless;

    impl Debug for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "[{Cancelled:?}")?;
            loop {
                f.write_str(", 0")?;
            }
        }
    }

    #[test]
    fn nobody_reads_on_when_the_answer_is_known() {
        assert!(!is_cancelled(Endless));
    }

    /// Prints one that may have others beside it, and then, without a word about that, as long as somebody reads.
    struct Babbling(&'static str, bool);

    impl Debug for Babbling {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Babbling(")?;
            if self.1 {
                write!(f, "{Cancelled:?}")?;
            } else {
                write!(f, "{Cancelled}")?;
            }
            loop {
                f.write_str(self.0)?;
            }
        }
    }

    #[test]
    fn nobody_reads_on_for_ever() {
        for by_debug in [false, true] {
            assert!(!is_cancelled(Babbling("and on", by_debug)));
            assert!(!is_cancelled(Babbling("", by_debug)));
        }
    }

    #[test]
    fn the_words_of_an_error_may_be_split_anywhere() {
        let mut reader = Reader::default();
        for letter in "CCustom { kind: Other, error: Cancelled }".chars() {
            let _ = reader.write_char(letter);
        }
        assert!(!reader.several);
        let _ = reader.write_str("Custom { kind: NotFound,");
        assert!(reader.several);
    }

    #[test]
    fn one_failure_does_not_colour_the_next() {
        let _ = format!("{Cancelled}");
        assert!(!is_cancelled("the disk is full"));
    }
}
