use aplomb::app;

#[app(start, run)]
mod server {
    pub fn start() {}
    pub fn run() {}
}

fn main() {}
