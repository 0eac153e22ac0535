#[app(
    start = Server::<u8, u16>::open,
    run = <Server as Serve>::serve,
    stop = r#stop,
    signals(SIGINT, SIGTERM, SIGQUIT,),
    on(SIGHUP = reload, SIGUSR1 = log::rotate),
    timeout(start = "1m30s", run = "10s", stop = "250ms"),
    deadline = "2h",
    drain = "5s",
    exit_wait = "3s",
    explain = "1s",
    force_after = 3,
    reap_orphans,
    terminal = "restore",
    exit = "code",
    report = "off",
    crate = ::renamed::aplomb,
)]
fn main() {}
