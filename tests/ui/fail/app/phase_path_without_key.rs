use aplomb::app;

#[app(start, server::serve)]
fn main();

fn start() {}

mod server {
    pub fn serve() {}
}
