#[app(start)]
fn main() -> Config {
    Config::new()
}
