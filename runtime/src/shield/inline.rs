//! `#[shielded(inline)] async fn`: a future that is a region of the task that awaits it.

use std::future::Future;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use super::context;
use super::region::{Region, Site};
use super::scope::{Hold, Scope};
use super::watch::Watch;
use crate::report;

/// What the attribute writes around the body of a function that may borrow.
#[doc(hidden)]
#[track_caller]
pub fn inline<F: Future>(name: &'static str, future: F) -> impl Future<Output = F::Output> {
    let location = Location::caller();
    async move { inline_at(Site { name, location }, pin!(Some(future))).await }
}

/// The same for a future that is in a box already.
#[doc(hidden)]
#[must_use = "a future does nothing unless it is awaited"]
#[track_caller]
pub fn boxed_inline<F>(
    name: &'static str,
    future: Pin<Box<F>>,
) -> Pin<Box<impl Future<Output = F::Output> + use<F>>>
where
    F: Future + ?Sized,
{
    Box::pin(inline(name, future))
}

/// The same for a place that is not the caller's.
pub(crate) fn inline_at<F: Future>(site: Site, future: Pin<&mut Option<F>>) -> Inline<'_, F> {
    Inline {
        future,
        region: Region::new(site),
        hold: None,
        turned_away: Watch::default(),
        ended: false,
    }
}

/// A future that is polled in a region.
///
/// The region ends when it has ended, or is dropped, with all that it holds.
#[derive(Debug)]
pub(crate) struct Inline<'a, F> {
    future: Pin<&'a mut Option<F>>,
    region: Region,
    /// Keeps those of our own that might drop it from that.
    hold: Option<Hold>,
    /// Where it waits to begin, when it is more likely to be dropped.
    turned_away: Watch,
    /// Whether it has ended by itself, well or with a panic.
    ended: bool,
}

impl<F: Future> Future for Inline<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        if this.hold.is_none() {
            let is_closed = Scope::is_closed() && !context::held();
            if is_closed && Scope::turns_away(&mut this.turned_away, context.waker()) {
                return Poll::Pending;
            }
            this.turned_away.stop();
        }
        ready!(this.region.poll_enter(context));
        if this.hold.is_none() {
            this.hold = Some(Hold::new());
            this.region.note_task();
        }
        // Until it is known to go on: a panic ends it, too.
        this.ended = true;
        let future = this.future.as_mut().as_pin_mut();
        let future = future.expect("a future is not polled again when it has ended");
        match this.region.run_inside(|| future.poll(context)) {
            Poll::Pending => {
                this.ended = false;
                Poll::Pending
            }
            Poll::Ready(value) => {
                this.give_up();
                Poll::Ready(value)
            }
        }
    }
}

impl<F> Inline<'_, F> {
    /// Drops the future as what it is, a part of the region, and ends that.
    fn give_up(&mut self) {
        self.region.run_inside(|| self.future.set(None));
        self.region.end();
        self.hold = None;
    }
}

impl<F> Drop for Inline<'_, F> {
    fn drop(&mut self) {
        let cut = self.region.is_inside() && !self.ended;
        self.give_up();
        if cut {
            report_cut(self.region.site());
        }
    }
}

/// Foreign code has dropped it half-way.
fn report_cut(site: Site) {
    let Site { name, location } = site;
    let text = format!(
        "shield `{name}` ({}:{}) was cut: its future was dropped half-way, by `select!`, a timeout \
         or an abort. Without `inline` it cannot be",
        location.file(),
        location.line(),
    );
    report::line_at_once(&text);
    assert!(
        !cfg!(debug_assertions) || std::thread::panicking(),
        "{text}"
    );
}
