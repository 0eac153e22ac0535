#[app(start, run, flavor = "current_thread")]
async fn main() -> anyhow::Result<Config> {
    Config::read().await
}
