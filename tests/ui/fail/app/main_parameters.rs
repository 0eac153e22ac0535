use aplomb::app;

#[app(run)]
fn main(arguments: Vec<String>) {
    drop(arguments);
}

fn run() {}
