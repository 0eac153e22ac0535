#[app(run, drain = DRAIN, deadline = Config::deadline() * 2, force_after = 3, limits = Config::limits, report = log::lines)]
fn main() -> Config {
    Config::read()
}
