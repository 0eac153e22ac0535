use aplomb::app;

#[app(run, on(SIGHUP = reload))]
async fn main();

struct Bad;

async fn run() {}

async fn reload() -> Result<(), Bad> {
    Err(Bad)
}
