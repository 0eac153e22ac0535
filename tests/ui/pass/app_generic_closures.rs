//! Functions whose types are open, as a library on top of this one passes them on; and a state that is a `()`.
#![deny(warnings)]

use std::fmt::Debug;

use aplomb::{Absent, App, Executor, Shutdown, Status};

fn generic<S, E, St, R, Sp>(start: St, run: R, stop: Sp) -> Status
where
    S: 'static,
    E: Debug + 'static,
    St: FnOnce() -> Result<S, E> + Send + 'static,
    R: FnOnce(&mut S, &Shutdown) + Send + 'static,
    Sp: FnOnce(S) + Send + 'static,
{
    App::new(start, run, stop).run().expect("it begins").status
}

fn opaque(run: impl FnOnce(&Shutdown, &u8) + Send + 'static) -> Status {
    let app = App::new(|| Ok::<u8, ()>(1), run, Absent);
    app.run().expect("it begins").status
}

fn returned() -> impl FnOnce(u8) + Send + 'static {
    |state| assert_eq!(state, 1)
}

fn awaited<F: AsyncFnOnce(&Shutdown) + Send + 'static>(run: F) -> Status {
    let run = async move |shutdown: &Shutdown| run(shutdown).await;
    let app = App::executor(Executor::tokio()).phases(Absent, run, Absent);
    app.run().expect("it begins").status
}

fn unit() -> Result<(), String> {
    Ok(())
}

fn looks(_: &(), shutdown: &Shutdown) {
    shutdown.request("done");
}

fn reload(_: &()) {}

fn ends(_: ()) {}

fn main() {
    let none = Status::Code(0);
    let run = |state: &mut u8, _: &Shutdown| *state += 1;
    let stop = |state: u8| assert_eq!(state, 2);
    assert_eq!(generic(|| Ok::<u8, ()>(1), run, stop), none);
    assert_eq!(opaque(|_: &Shutdown, state: &u8| assert_eq!(*state, 1)), none);
    let app = App::new(|| Ok::<u8, ()>(1), || (), returned());
    assert_eq!(app.run().expect("it begins").status, none);
    assert_eq!(awaited(async |_: &Shutdown| ()), none);
    let app = App::new(unit, looks, ends).on(aplomb::signal::SIGHUP, reload);
    assert_eq!(app.run().expect("it begins").status, none);
}
