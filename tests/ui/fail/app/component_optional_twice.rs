use aplomb::app;

#[app(components(metrics(optional, run, optional)))]
fn main();

mod metrics {
    pub fn run() {}
}
