use aplomb::app;

#[app(run)]
fn serve() -> u8 {
    1
}

fn run() {}

fn main() {}
