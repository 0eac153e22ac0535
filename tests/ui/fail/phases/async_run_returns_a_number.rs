use aplomb::app;

#[app(run)]
async fn main();

async fn run() -> u8 {
    1
}
