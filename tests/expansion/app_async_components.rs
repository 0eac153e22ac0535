#[app(components(cache(start, run)))]
async fn main();
