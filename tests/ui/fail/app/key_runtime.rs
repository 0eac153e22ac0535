use aplomb::app;

#[app(run, runtime = build)]
fn main();

fn run() {}

fn build() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new()
}
