#[app(
    components(database(start, stop = close, timeout(stop = "5s")), Cache),
    on(SIGHUP = reload),
    timeout(run = "10s"),
    exit = "code",
    report = "off",
    systemd(check = is_healthy, extend = "5m", ready = "announced"),
    terminal = "restore",
    reap_orphans,
)]
fn main();
