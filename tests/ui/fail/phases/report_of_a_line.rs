use aplomb::app;

fn log(line: &str) {
    println!("{line}");
}

#[app(run, report = log)]
fn main() {}

fn run() {}
