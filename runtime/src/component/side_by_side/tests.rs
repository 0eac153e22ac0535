use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;

use super::*;

/// Counts how often it has been woken.
#[derive(Default)]
struct Task(std::sync::atomic::AtomicUsize);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn poll<F: Future>(future: Pin<&mut F>, task: &Arc<Task>) -> Poll<F::Output> {
    let waker = Waker::from(Arc::clone(task));
    future.poll(&mut Context::from_waker(&waker))
}

/// Polls the `run`s until all have ended. Returns the worst of their ends.
async fn all_of(runs: Vec<(&'static str, Run<'_>)>, shutdown: &Shutdown) -> Option<End> {
    let runs = runs.into_iter().map(|(name, run)| (name.into(), run));
    let worst = Cell::new(None);
    in_a_task(runs.collect(), shutdown, &worst).await;
    worst.get()
}

/// A `run` that counts how often it is polled, and ends when its gate is open.
struct Part {
    polled: Cell<u32>,
    is_open: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Part {
    fn new() -> Rc<Self> {
        Rc::new(Part {
            polled: Cell::new(0),
            is_open: Cell::new(false),
            waker: RefCell::new(None),
        })
    }

    fn work<'s>(self: &Rc<Self>, end: End) -> Run<'s> {
        let part = Rc::clone(self);
        Box::pin(poll_fn(move |context| {
            part.polled.set(part.polled.get() + 1);
            *part.waker.borrow_mut() = Some(context.waker().clone());
            if part.is_open.get() {
                Poll::Ready(Ok(end))
            } else {
                Poll::Pending
            }
        }))
    }

    fn wake(&self) {
        let waker = self.waker.borrow().clone();
        waker.expect("it was polled").wake();
    }

    fn open(&self) {
        self.is_open.set(true);
        self.wake();
    }
}

#[test]
fn one_is_not_polled_for_another() {
    let (shutdown, task) = (Shutdown::new(), Arc::<Task>::default());
    let [one, two] = [Part::new(), Part::new()];
    let works = vec![
        ("one", one.work(End::Done)),
        ("two", two.work(End::Code(3))),
    ];
    let mut all = pin!(all_of(works, &shutdown));
    assert!(poll(all.as_mut(), &task).is_pending());
    assert_eq!((one.polled.get(), two.polled.get()), (1, 1));

    // Polled for nothing, as a `select!` around it does it.
    assert!(poll(all.as_mut(), &task).is_pending());
    assert_eq!((one.polled.get(), two.polled.get()), (1, 1));

    two.wake();
    two.wake();
    assert_eq!(
        task.0.load(Ordering::SeqCst),
        1,
        "the task was to be woken once"
    );
    assert!(poll(all.as_mut(), &task).is_pending());
    assert_eq!((one.polled.get(), two.polled.get()), (1, 2));

    assert!(!shutdown.is_requested());
    two.open();
    assert!(poll(all.as_mut(), &task).is_pending());
    let reason = shutdown.reason().map(|reason| reason.to_string());
    assert_eq!(reason.as_deref(), Some("component `two` has ended"));

    one.open();
    assert_eq!(poll(all.as_mut(), &task), Poll::Ready(Some(End::Code(3))));
    assert_eq!((one.polled.get(), two.polled.get()), (2, 3));
}

/// Whoever polls it last is woken.
#[test]
fn it_may_go_to_another_task() {
    let shutdown = Shutdown::new();
    let (before, after) = (Arc::<Task>::default(), Arc::<Task>::default());
    let part = Part::new();
    let mut all = pin!(all_of(vec![("part", part.work(End::Done))], &shutdown));
    assert!(poll(all.as_mut(), &before).is_pending());
    assert!(poll(all.as_mut(), &after).is_pending());
    part.open();
    assert_eq!(before.0.load(Ordering::SeqCst), 0);
    assert_eq!(after.0.load(Ordering::SeqCst), 1);
    assert_eq!(poll(all.as_mut(), &after), Poll::Ready(Some(End::Done)));
}

#[test]
fn a_panic_in_one_leaves_the_others() {
    let (shutdown, task) = (Shutdown::new(), Arc::<Task>::default());
    let part = Part::new();
    let torn: Run<'_> = Box::pin(async { panic!("torn") });
    let works = vec![("torn", torn), ("part", part.work(End::Done))];
    let mut all = pin!(all_of(works, &shutdown));
    assert!(poll(all.as_mut(), &task).is_pending());
    assert!(shutdown.is_requested());
    part.open();
    assert_eq!(poll(all.as_mut(), &task), Poll::Ready(Some(End::Panicked)));
}

/// `Err(Cancelled)` is none after the request, and does not hide the status of another one.
#[test]
fn cancelled_hides_nothing() {
    let (shutdown, task) = (Shutdown::new(), Arc::<Task>::default());
    let cancelled: Run<'_> = Box::pin(async {
        shutdown.cancelled().await;
        Err(Failure::new(crate::Cancelled))
    });
    let code: Run<'_> = Box::pin(async { Ok(End::Code(3)) });
    let mut all = pin!(all_of(
        vec![("cancelled", cancelled), ("code", code)],
        &shutdown
    ));
    assert!(poll(all.as_mut(), &task).is_pending());
    assert_eq!(poll(all.as_mut(), &task), Poll::Ready(Some(End::Code(3))));
}

#[test]
fn what_has_ended_counts_when_the_rest_is_dropped() {
    let (shutdown, task) = (Shutdown::new(), Arc::<Task>::default());
    let part = Part::new();
    let code: Run<'_> = Box::pin(async { Ok(End::Code(3)) });
    let works = vec![("code".into(), code), ("part".into(), part.work(End::Done))];
    let worst = Cell::new(None);
    let mut all = Box::pin(in_a_task(works, &shutdown, &worst));
    assert!(poll(all.as_mut(), &task).is_pending());
    drop(all);
    assert_eq!(worst.get(), Some(End::Code(3)));
}

/// Says when it is dropped, and may panic then.
struct Last<'a>(&'a RefCell<Vec<&'static str>>, &'static str, bool);

impl Drop for Last<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
        assert!(!self.2, "a bomb");
    }
}

#[test]
fn all_are_dropped_the_last_first() {
    let (shutdown, task) = (Shutdown::new(), Arc::<Task>::default());
    let log = RefCell::new(Vec::new());
    let work = |name, explodes| -> Run<'_> {
        let last = Last(&log, name, explodes);
        Box::pin(async move {
            let _last = last;
            std::future::pending().await
        })
    };
    let works = vec![
        ("one", work("one", false)),
        ("two", work("two", true)),
        ("three", work("three", true)),
    ];
    let mut all = Box::pin(all_of(works, &shutdown));
    assert!(poll(all.as_mut(), &task).is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(all))).is_err());
    assert_eq!(*log.borrow(), ["three", "two", "one"]);
}

#[test]
fn a_name_may_be_any_text() {
    for name in [
        "api",
        "",
        "a\0b",
        "\0",
        "grün",
        "longer than a name may be here",
    ] {
        let shutdown = Shutdown::new();
        let run: OnThread<'_> = Box::new(move || {
            let known = name.replace('\0', "");
            assert_eq!(thread::current().name(), Some(&*known));
            Ok(End::Code(3))
        });
        assert_eq!(
            on_threads(vec![(name.into(), run)], &shutdown),
            Some(End::Code(3))
        );
    }
}

/// How an optional `run` has ended, whether that asks for the shutdown, and the end that counts.
#[test]
fn an_optional_one_may_end_well() {
    type Returned = Result<End, Failure>;
    let cases: [(fn() -> Returned, _); 4] = [
        (|| Ok(End::Done), None),
        (|| Ok(End::Code(3)), Some(End::Code(3))),
        (|| Err(Failure::new(crate::Cancelled)), Some(End::Failed)),
        (|| panic!("torn"), Some(End::Panicked)),
    ];
    for (run, end) in cases {
        let component = Component::new("metrics").optional();
        let shutdown = Shutdown::new();
        assert_eq!(on_threads(vec![(component, Box::new(run))], &shutdown), end);
        assert_eq!(shutdown.is_requested(), end.is_some());

        let (shutdown, worst) = (Shutdown::new(), Cell::new(None));
        let task: Run<'_> = Box::pin(async move { run() });
        crate::wake::block_on(in_a_task(vec![(component, task)], &shutdown, &worst));
        assert_eq!(worst.get(), end);
        assert_eq!(shutdown.is_requested(), end.is_some());
    }
}
