use aplomb::app;

#[app(components(ledger(start, run)))]
fn main();

struct Ledger(std::rc::Rc<u8>);

mod ledger {
    use super::*;

    pub fn start() -> Result<Ledger, String> {
        Ok(Ledger(1.into()))
    }

    pub fn run(_: &Ledger) {}
}

