use aplomb::app;

#[app(start, stopp, signals(SIGKILL, term), on(SIGHUP), force_after = 1, deadline = 10)]
unsafe fn main(_: u8) {}

fn start() {}
