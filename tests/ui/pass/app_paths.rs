//! Phases named by every kind of path, in any order.
#![deny(warnings)]

use aplomb::app;
use std::fmt::Error;

struct Server<T>(T);

trait Serve {
    fn run(&mut self);
}

impl Server<u8> {
    fn open<C>(_: C) -> Result<Self, Error> {
        Ok(Server(1))
    }
}

impl<T: Copy> Serve for Server<T> {
    fn run(&mut self) {
        let _ = self.0;
    }
}

fn r#loop<T>(_: Server<T>) {}

#[app(stop = r#loop, run = <Server<u8> as Serve>::run, start = self::Server::<u8>::open::<()>,)]
fn main() {}
