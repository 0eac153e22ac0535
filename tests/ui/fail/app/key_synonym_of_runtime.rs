use aplomb::app;

#[app(run, rt = build)]
async fn main() {}

async fn run() {}

fn build() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new()
}
