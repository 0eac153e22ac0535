use aplomb::app;

#[app(run)]
fn main<T: Default>() {
    T::default();
}

fn run() {}
