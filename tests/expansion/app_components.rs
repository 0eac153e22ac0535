#[app(
    components(
        database(start, stop),
        cache(start, run = parts::serve::<u8>),
        parts::Api<u16>,
        r#loop(run),
        metrics(run, optional),
        log(start, stop = log::close, timeout(stop = "1m30s")),
        spool(stop, timeout(stop = LIMIT), start),
    ),
    on(SIGHUP = reload),
    drain = "5s",
)]
fn main() -> Result<Config, Error> {
    Config::read()
}
