use aplomb::app;

#[app(components(metrics(run, optionnal)))]
fn main();

mod metrics {
    pub fn run() {}
}
