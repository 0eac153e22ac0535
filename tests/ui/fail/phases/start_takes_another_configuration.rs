use aplomb::app;

#[app(start, run)]
fn main() -> Result<String, std::fmt::Error> {
    Ok(String::new())
}

struct Config;

fn start(_: Config) {}

fn run() {}
