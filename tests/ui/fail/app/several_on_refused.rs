use aplomb::app;

#[app(run, on(
    SIGKILL = noted,
    SIGSTOP = noted,
    SIGABRT = noted,
    SIGBUS = noted,
    SIGFPE = noted,
    SIGILL = noted,
    SIGSEGV = noted,
    SIGSYS = noted,
    SIGTRAP = noted,
))]
fn main();

fn run() {}

fn noted() {}
