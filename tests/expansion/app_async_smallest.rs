#[app(start, run, stop)]
async fn main() {}
