use aplomb::app;

#[app(run)]
async fn main() {
    read().await;
}

fn run() {}

async fn read() {}
