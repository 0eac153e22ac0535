//! The turn of a component in `stop`, where its function has a limit of its own.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::app_thread::AppThread;
use crate::lifecycle::{Event, Turn};
use crate::report;
use crate::shield::Scope;

/// Awaits the `stop` of a component. `None` means that it has taken longer than its limit, and that no shield is held
/// in it: the caller drops it.
pub(super) async fn within<F: Future>(
    thread: &AppThread,
    component: Option<&'static str>,
    limit: Option<Duration>,
    stopping: F,
) -> Option<F::Output> {
    let (Some(component), Some(limit)) = (component, limit) else {
        return Some(stopping.await);
    };
    let number = thread.turns.get();
    thread.turns.set(number + 1);
    let events = thread.shutdown.events();
    events.post(Event::TurnBegan(Turn {
        number,
        component,
        limit,
    }));
    let mut stopping = pin!(stopping);
    let scope = Scope::new();
    let returned = poll_fn(|context| {
        let is_left = thread.channel.is_left_behind(number, context);
        if is_left {
            // From here on no region begins there, or it could be held back for ever.
            scope.close();
        }
        if is_left && scope.is_clear(context.waker()) {
            return Poll::Ready(None);
        }
        let polled = scope.enter(|| stopping.as_mut().poll(context));
        if polled.is_pending() && is_left && scope.is_clear(context.waker()) {
            return Poll::Ready(None);
        }
        polled.map(Some)
    })
    .await;
    events.post(Event::TurnEnded(number));
    if returned.is_none() {
        report::line(&format!("`stop` of component `{component}` is left behind"));
    }
    returned
}
