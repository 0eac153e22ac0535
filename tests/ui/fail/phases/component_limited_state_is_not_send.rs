use aplomb::app;
use std::rc::Rc;

struct Cache(Rc<u8>);

impl Cache {
    fn start() -> Result<Self, String> {
        Ok(Cache(Rc::new(7)))
    }

    fn stop(self) {}
}

#[app(components(Cache(start, stop, timeout(stop = "5s"))))]
fn main();
