use aplomb::app;

#[app(components(metrics(start, optional)))]
fn main();

mod metrics {
    pub fn start() {}
}
