use aplomb::app;

#[app(run, stop)]
fn main();

fn run() {}

fn stop() -> String {
    String::new()
}
