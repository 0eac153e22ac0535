use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use super::*;
use crate::shield::inline;

/// Counts how often it is woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Count {
    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A future that is ready once the flag is set.
fn gate(open: &Rc<Cell<bool>>) -> impl Future<Output = ()> + use<> {
    let open = Rc::clone(open);
    poll_fn(move |_| {
        if open.get() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>, count: &Arc<Count>) -> Poll<F::Output> {
    let waker = Waker::from(Arc::clone(count));
    future.poll(&mut Context::from_waker(&waker))
}

#[test]
fn wakes_each_waiter_once() {
    let shutdown = Shutdown::new();
    let count = Arc::new(Count::default());
    let mut waiters: Vec<_> = (0..1000).map(|_| shutdown.cancelled()).collect();
    for waiter in &mut waiters {
        assert!(poll(Pin::new(&mut *waiter), &count).is_pending());
        assert!(poll(Pin::new(waiter), &count).is_pending());
    }
    shutdown.request("a test");
    assert_eq!(count.get(), 1000);
    for waiter in &mut waiters {
        assert!(poll(Pin::new(waiter), &count).is_ready());
    }
    assert!(poll(pin!(shutdown.cancelled()), &count).is_ready());
}

#[test]
fn who_is_dropped_is_not_woken() {
    let shutdown = Shutdown::new();
    let (gone, there) = (Arc::new(Count::default()), Arc::new(Count::default()));
    for _ in 0..10 {
        assert!(poll(pin!(shutdown.cancelled()), &gone).is_pending());
    }
    let mut waiter = shutdown.cancelled();
    assert!(poll(Pin::new(&mut waiter), &there).is_pending());
    shutdown.request("a test");
    assert_eq!((gone.get(), there.get()), (0, 1));
}

#[test]
fn the_last_waker_counts() {
    let shutdown = Shutdown::new();
    let (first, second) = (Arc::new(Count::default()), Arc::new(Count::default()));
    let mut waiter = shutdown.cancelled();
    assert!(poll(Pin::new(&mut waiter), &first).is_pending());
    assert!(poll(Pin::new(&mut waiter), &second).is_pending());
    shutdown.request("a test");
    assert_eq!((first.get(), second.get()), (0, 1));
}

#[test]
fn sees_no_request_inside_a_shield() {
    let shutdown = Shutdown::new();
    shutdown.request("a test");
    let count = Arc::new(Count::default());
    let mut waiter = shutdown.cancelled();
    let open = Rc::new(Cell::new(false));
    {
        let mut region = pin!(inline("a test", async {
            assert!(shutdown.checkpoint().is_ok() && shutdown.is_requested());
            let once = poll_fn(|context| Poll::Ready(Pin::new(&mut waiter).poll(context)));
            assert!(once.await.is_pending());
            gate(&open).await;
        }));
        assert!(poll(region.as_mut(), &count).is_pending());
        // Between its polls the thread is not inside.
        assert!(shutdown.checkpoint().is_err());
        open.set(true);
        assert!(poll(region, &count).is_ready());
    }
    assert!(poll(Pin::new(&mut waiter), &count).is_ready());
}

#[test]
fn run_until_drops_at_the_request() {
    let shutdown = Shutdown::new();
    let count = Arc::new(Count::default());
    let alive = Rc::new(());
    let held = Rc::clone(&alive);
    let mut running = pin!(shutdown.run_until_cancelled(async move {
        pending::<()>().await;
        drop(held);
    }));
    assert!(poll(running.as_mut(), &count).is_pending());
    assert_eq!(Rc::strong_count(&alive), 2);
    shutdown.request("a test");
    assert_eq!(count.get(), 1);
    assert_eq!(poll(running, &count), Poll::Ready(Err(Cancelled)));
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
fn run_until_prefers_what_is_ready() {
    let shutdown = Shutdown::new();
    let count = Arc::new(Count::default());
    let open = Rc::new(Cell::new(false));
    let mut running = pin!(shutdown.run_until_cancelled(gate(&open)));
    assert!(poll(running.as_mut(), &count).is_pending());
    shutdown.request("a test");
    open.set(true);
    assert_eq!(poll(running, &count), Poll::Ready(Ok(())));
    // One that has not begun does not begin.
    let not_begun = pin!(shutdown.run_until_cancelled(async { unreachable!("it is too late") }));
    assert_eq!(
        poll::<_>(not_begun, &count).map(|done: Result<(), _>| done),
        Poll::Ready(Err(Cancelled))
    );
}

#[test]
fn run_until_waits_for_a_shield_inside() {
    let shutdown = Shutdown::new();
    let count = Arc::new(Count::default());
    let open = Rc::new(Cell::new(false));
    let shielded_ended = Rc::new(Cell::new(false));
    let ended = Rc::clone(&shielded_ended);
    let inside = gate(&open);
    let mut running = pin!(shutdown.run_until_cancelled(async move {
        inline("a test", inside).await;
        ended.set(true);
        pending::<()>().await;
    }));
    assert!(poll(running.as_mut(), &count).is_pending());
    shutdown.request("a test");
    assert!(poll(running.as_mut(), &count).is_pending());
    open.set(true);
    assert_eq!(poll(running, &count), Poll::Ready(Err(Cancelled)));
    assert!(shielded_ended.get());
}

#[test]
fn run_until_holds_for_a_shield_that_has_moved_away() {
    let shutdown = Shutdown::new();
    let count = Arc::new(Count::default());
    let open = Rc::new(Cell::new(false));
    let moved = Rc::new(Cell::new(None));
    let (inside, place) = (gate(&open), Rc::clone(&moved));
    let mut running = pin!(shutdown.run_until_cancelled(async move {
        let mut region = Box::pin(inline("a test", inside));
        poll_fn(|context| Poll::Ready(region.as_mut().poll(context)))
            .await
            .is_pending();
        place.set(Some(region));
        pending::<()>().await;
    }));
    assert!(poll(running.as_mut(), &count).is_pending());
    shutdown.request("a test");
    assert!(poll(running.as_mut(), &count).is_pending());
    let before = count.get();
    open.set(true);
    let mut region = moved.take().expect("it was moved");
    assert!(poll(region.as_mut(), &count).is_ready());
    assert_eq!(count.get(), before + 1, "its end wakes who waits for it");
    assert_eq!(poll(running, &count), Poll::Ready(Err(Cancelled)));
}

/// A future that is not `Send` can hold the guard of a thread across an await.
#[test]
fn run_until_waits_for_a_guard_of_the_thread() {
    let shutdown = Shutdown::new();
    let count = Arc::new(Count::default());
    let open = Rc::new(Cell::new(false));
    let inside = gate(&open);
    let mut running = pin!(shutdown.run_until_cancelled(async move {
        let shield = crate::shield("a test");
        inside.await;
        drop(shield);
        pending::<()>().await;
    }));
    assert!(poll(running.as_mut(), &count).is_pending());
    shutdown.request("a test");
    assert!(poll(running.as_mut(), &count).is_pending());
    open.set(true);
    let polled = poll(running.as_mut(), &count);
    assert_eq!(polled, Poll::Ready(Err(Cancelled)));
}

#[test]
#[should_panic(expected = "shield `cut`")]
fn a_cut_shield_is_reported() {
    let mut region = Box::pin(inline("cut", pending::<()>()));
    assert!(poll(region.as_mut(), &Arc::default()).is_pending());
    drop(region);
}

#[test]
fn a_shield_that_has_not_begun_may_be_dropped() {
    drop(Box::pin(inline("not begun", pending::<()>())));
}

/// Every way to wait for the cancellation, as a future that can be polled by hand.
fn who_waits<'a>(shutdown: &'a Shutdown) -> [Pin<Box<dyn Future<Output = ()> + 'a>>; 3] {
    [
        Box::pin(shutdown.cancelled()),
        Box::pin(shutdown.clone().cancelled_owned()),
        Box::pin(async {
            let cut = shutdown.run_until_cancelled(pending::<()>()).await;
            assert_eq!(cut, Err(Cancelled));
        }),
    ]
}

/// A region that ends once `open` is set, and polls the future once in each of its own polls.
fn polling<'a, F: Future<Output = ()> + ?Sized>(
    mut future: Pin<&'a mut F>,
    count: &'a Arc<Count>,
    open: &'a Rc<Cell<bool>>,
) -> impl Future<Output = ()> + 'a {
    let polled = poll_fn(move |_| {
        assert!(poll(future.as_mut(), count).is_pending());
        if open.get() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    });
    inline("a test", polled)
}

/// A combinator polls only those of its futures that were woken. So a future that was polled in a region has to be
/// woken at the end of that region.
#[test]
fn the_end_of_a_region_wakes_who_was_polled_in_it() {
    for which in 0..3 {
        for requested_before in [true, false] {
            let shutdown = Shutdown::new();
            let (inside, region_count) = (Arc::new(Count::default()), Arc::default());
            let mut waiter = who_waits(&shutdown).into_iter().nth(which).unwrap();
            let open = Rc::new(Cell::new(false));
            if requested_before && which < 2 {
                shutdown.request("a test");
            }
            {
                let mut region = pin!(polling(waiter.as_mut(), &inside, &open));
                assert!(poll(region.as_mut(), &region_count).is_pending());
                shutdown.request("a test");
                assert!(poll(region.as_mut(), &region_count).is_pending());
                assert!(poll(region.as_mut(), &region_count).is_pending());
                open.set(true);
                let before = inside.get();
                assert!(poll(region.as_mut(), &region_count).is_ready());
                // Once, however often it was polled.
                assert_eq!(inside.get(), before + 1, "{which} {requested_before}");
            }
            assert!(poll(waiter.as_mut(), &inside).is_ready());
        }
    }
}

/// The end of the outermost region wakes a future that was polled in an inner one. So does the end of a thread's
/// shield.
#[test]
fn the_end_of_what_masks_it_wakes_it() {
    for which in 0..3 {
        let shutdown = Shutdown::new();
        let (inside, region_count) = (Arc::new(Count::default()), Arc::default());
        let mut waiter = who_waits(&shutdown).into_iter().nth(which).unwrap();
        let open = Rc::new(Cell::new(false));
        let outer_open = Rc::new(Cell::new(false));
        {
            let mut outer = pin!(inline("outer", async {
                polling(waiter.as_mut(), &inside, &open).await;
                gate(&outer_open).await;
            }));
            assert!(poll(outer.as_mut(), &region_count).is_pending());
            shutdown.request("a test");
            let before = inside.get();
            open.set(true);
            assert!(poll(outer.as_mut(), &region_count).is_pending());
            assert_eq!(inside.get(), before, "the outer one still masks it");
            outer_open.set(true);
            assert!(poll(outer.as_mut(), &region_count).is_ready());
            assert_eq!(inside.get(), before + 1);
        }
        let guard = crate::shield("a guard of the thread");
        assert!(poll(waiter.as_mut(), &inside).is_pending());
        let before = inside.get();
        drop(guard);
        assert_eq!(inside.get(), before + 1);
        assert!(poll(waiter.as_mut(), &inside).is_ready());
    }
}

/// A future that was dropped is not woken at the end of the region in which it was polled.
#[test]
fn who_has_gone_is_not_woken_at_the_end_of_a_region() {
    let shutdown = Shutdown::new();
    shutdown.request("a test");
    let count = Arc::new(Count::default());
    let guard = crate::shield("a test");
    let mut dropped = Box::pin(shutdown.cancelled());
    assert!(poll(dropped.as_mut(), &count).is_pending());
    drop(dropped);
    drop(guard);
    assert_eq!(count.get(), 0);
}

/// The guard of a thread may be held by another task. At its end a task that waits to drop a future has to look again.
#[test]
fn a_scope_that_a_guard_of_the_thread_holds_wakes_who_asks() {
    let scope = Scope::new();
    let count = Arc::new(Count::default());
    let waker = Waker::from(Arc::clone(&count));
    let guard = crate::shield("a test");
    assert!(!scope.is_clear(&waker) && !scope.is_clear(&waker));
    drop(guard);
    assert_eq!(count.get(), 1);
    assert!(scope.is_clear(&waker));
}

/// A region is refused where the future around it is to be dropped. If another region has begun there all the same,
/// that one may wait for the refused one, which begins then.
#[test]
fn a_refused_region_is_woken_when_another_begins() {
    let shutdown = Shutdown::new();
    let count = Arc::new(Count::default());
    let refused = Arc::new(Count::default());
    let open = Rc::new(Cell::new(false));
    let (late, inside) = (gate(&open), gate(&open));
    let (away, began) = (Arc::clone(&refused), Rc::new(Cell::new(false)));
    let has_begun = Rc::clone(&began);
    let mut running = pin!(shutdown.run_until_cancelled(async move {
        poll_fn(|_| {
            // The first poll is before the request.
            if has_begun.replace(true) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        let mut late = pin!(inline("late", late));
        assert!(poll(late.as_mut(), &away).is_pending());
        assert_eq!(away.get(), 0);
        let guard = crate::shield("a guard of the thread");
        let mut other = pin!(inline("other", inside));
        let other_count = Arc::default();
        assert!(poll(other.as_mut(), &other_count).is_pending());
        drop(guard);
        assert_eq!(away.get(), 1, "it may begin now");
        // The region keeps the future around it from being dropped, now that it has begun.
        assert!(poll(late.as_mut(), &away).is_pending());
        poll_fn(|_| {
            let late = late.as_mut();
            if poll(late, &away).is_ready() && poll(other.as_mut(), &other_count).is_ready() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        pending::<()>().await;
    }));
    assert!(poll(running.as_mut(), &count).is_pending());
    shutdown.request("a test");
    assert!(poll(running.as_mut(), &count).is_pending());
    open.set(true);
    let polled = poll(running.as_mut(), &count);
    assert_eq!(polled, Poll::Ready(Err(Cancelled)));
    assert_eq!(refused.get(), 1);
}

/// A waker that panics keeps no other task from being woken, and does not panic in the caller of `request`.
#[test]
fn a_waker_that_panics_takes_nobody_with_it() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker that panics");
        }
    }
    let shutdown = Shutdown::new();
    let count = Arc::new(Count::default());
    let panics = Waker::from(Arc::new(Panics));
    let mut waiters: Vec<_> = (0..10).map(|_| shutdown.cancelled()).collect();
    for (position, waiter) in waiters.iter_mut().enumerate() {
        let pinned = Pin::new(waiter);
        let polled = if position % 3 == 0 {
            pinned.poll(&mut Context::from_waker(&panics))
        } else {
            poll(pinned, &count)
        };
        assert!(polled.is_pending());
    }
    shutdown.request("a test");
    assert_eq!(count.get(), 6);
}

/// A region that was refused, since the future around it is to be dropped, may have been moved out of that future. The
/// region begins when it is polled after the drop, so its task is woken.
#[test]
fn a_refused_region_is_woken_when_the_scope_is_dropped() {
    let shutdown = Shutdown::new();
    let (count, refused) = (Arc::new(Count::default()), Arc::new(Count::default()));
    let mut shielded = Box::pin(inline("a test", std::future::ready(())));
    {
        let mut polls = 0;
        let inside = poll_fn(|_| {
            polls += 1;
            if polls == 2 {
                assert!(poll(shielded.as_mut(), &refused).is_pending());
            }
            Poll::<()>::Pending
        });
        let mut running = Box::pin(shutdown.run_until_cancelled(inside));
        assert!(poll(running.as_mut(), &count).is_pending());
        shutdown.request("a test");
        let polled = poll(running.as_mut(), &count);
        assert_eq!(polled, Poll::Ready(Err(Cancelled)));
    }
    assert_eq!(refused.get(), 1);
    assert!(poll(shielded.as_mut(), &refused).is_ready());
}
