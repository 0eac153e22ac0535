use aplomb::app;

#[app(components(cache = parts::cache))]
fn main();

mod parts {
    pub mod cache {
        pub fn run() {}
    }
}
