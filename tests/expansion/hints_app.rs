#[app(
    components(database(start, stop = close, timeout(stop = "5s")), Cache),
    on(SIGHUP = reload),
    timeout(run = "10s"),
    exit = "code",
    report = "off",
    terminal = "restore",
    reap_orphans,
)]
fn main();
