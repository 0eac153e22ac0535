#[app(
    components(database(start, stop = close), Cache),
    on(SIGHUP = reload),
    timeout(run = "10s"),
    exit = "code",
    reap_orphans,
)]
fn main();
