use aplomb::app;

#[app(run, on(SIGHUP = reload))]
async fn main();

async fn run() {}

async fn reload() -> u8 {
    1
}
