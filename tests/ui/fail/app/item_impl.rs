use aplomb::app;

#[app(run)]
impl Server {
    pub fn run() {}
}

pub struct Server;

fn main() {}
