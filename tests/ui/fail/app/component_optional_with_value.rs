use aplomb::app;

#[app(components(metrics(run, optional = true)))]
fn main();

mod metrics {
    pub fn run() {}
}
