use aplomb::{Event, app};

fn log(event: &Event) -> usize {
    event.to_string().len()
}

#[app(run, report = log)]
fn main() {}

fn run() {}
