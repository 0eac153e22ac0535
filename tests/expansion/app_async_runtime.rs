#[app(run, runtime = server::runtime)]
async fn main();
