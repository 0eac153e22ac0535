//! `#[shielded(inline)] async fn`: a future that is a region of the task that awaits it.

use std::future::Future;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use super::region::{Phase, Region, Site};
use super::scope::{Hold, Scope};
use super::watch::Watch;
use crate::report;

/// The attribute writes this around the body of a function that may borrow.
#[doc(hidden)]
#[track_caller]
pub fn inline<F: Future>(name: &'static str, future: F) -> impl Future<Output = F::Output> {
    let location = Location::caller();
    let site = Site { name, location };
    async move { inline_in(Region::new(site), pin!(Some(future))).await }
}

/// The attribute writes this around a future that is in a box already.
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

/// Polls a phase in its region.
///
/// In an app of threads, too, the shield of a phase is a region, and not a guard of the thread: so it is not mixed up
/// with the guards that the phase makes.
pub(crate) async fn inline_phase<F: Future>(
    phase: Phase,
    location: &'static Location<'static>,
    future: F,
) -> F::Output {
    let region = Region::of_phase(phase, location);
    let future = pin!(Some(future));
    inline_in(region, future).await
}

fn inline_in<F: Future>(region: Region, future: Pin<&mut Option<F>>) -> Inline<'_, F> {
    Inline {
        future,
        region,
        hold: None,
        turned_away: Watch::default(),
        ended: false,
    }
}

/// A future that is polled in a region.
///
/// The region ends when the future has ended, or is dropped, with all that it holds.
#[derive(Debug)]
pub(crate) struct Inline<'a, F> {
    future: Pin<&'a mut Option<F>>,
    region: Region,
    /// Counts the region in the scopes around it, which are not dropped meanwhile. `None` means that the region has not
    /// begun, or has ended.
    hold: Option<Hold>,
    /// The place in the list of a closed scope, which does not let the region begin.
    turned_away: Watch,
    /// Whether the future has ended by itself, well or with a panic.
    ended: bool,
}

impl<F: Future> Future for Inline<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        if this.hold.is_none() {
            if Scope::turns_away(&mut this.turned_away, context.waker()) {
                return Poll::Pending;
            }
            this.turned_away.stop();
        }
        ready!(this.region.poll_enter(context));
        if this.hold.is_none() {
            this.hold = Some(Hold::new());
            this.region.note_holder();
        }
        // The future counts as ended until it is known to go on, since a panic ends it, too.
        this.ended = true;
        let future = this.future.as_mut().as_pin_mut();
        let future = future.expect("a future is not polled again when it has ended");
        match this.region.run_inside(|| future.poll(context)) {
            Poll::Pending => {
                this.ended = false;
                Poll::Pending
            }
            Poll::Ready(value) => {
                this.end();
                Poll::Ready(value)
            }
        }
    }
}

impl<F> Inline<'_, F> {
    /// Drops the future inside the region, since what the future holds is a part of the region. Then ends the region.
    fn end(&mut self) {
        self.region.run_inside(|| self.future.set(None));
        self.region.end();
        // The hold is dropped last: a scope that is clear must have no region left.
        self.hold = None;
    }
}

impl<F> Drop for Inline<'_, F> {
    fn drop(&mut self) {
        let cut = self.region.is_inside() && !self.ended;
        self.end();
        if cut {
            report_cut(self.region.site());
        }
    }
}

/// Says that code of others has dropped the future half-way.
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
