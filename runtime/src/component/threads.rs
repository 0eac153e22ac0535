//! The `run`s of an app of threads, side by side.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

use super::judging::{Function, run_has_ended};
use crate::phase::{Named, OnThread};
use crate::report;
use crate::shutdown::Shutdown;
use crate::status::End;
use crate::sync::lock;
use crate::sys;
use crate::unwind::__rust_begin_short_backtrace;

/// Runs each on a thread that is named after its component, until all have ended.
pub(crate) fn side_by_side(works: Vec<Named<OnThread<'_>>>, shutdown: &Shutdown) -> End {
    // In the order in which they end: of several statuses the first counts.
    let all = &Mutex::new(End::Done);
    let note = |end| {
        let mut all = lock(all);
        *all = all.and(end);
    };
    thread::scope(|scope| {
        for (component, work) in works {
            let doing = shutdown.does(Function::Run.of(component));
            let run = move || {
                let work = AssertUnwindSafe(|| __rust_begin_short_backtrace(work));
                let returned = catch_unwind(work);
                drop(doing);
                if let Ok(Ok(end)) = returned {
                    // Before it asks the others to end, with statuses of their own.
                    note(end);
                }
                note(run_has_ended(component, returned, shutdown));
            };
            let thread = thread::Builder::new()
                // The system's names end at a NUL, so the standard library panics at one.
                .name(component.replace('\0', ""))
                .stack_size(sys::main_stack_size());
            if let Err(error) = thread.spawn_scoped(scope, run) {
                let problem = format!("cannot start the thread of component `{component}`");
                report::failure(&format!("{problem}: {error}"));
                shutdown.request(problem);
                note(End::Failed);
                break;
            }
        }
    });
    *lock(all)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(side_by_side(vec![(name, run)], &shutdown), End::Code(3));
        }
    }
}
