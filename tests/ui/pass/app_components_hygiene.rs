//! Names of the user's that generated code might take for its own, and what a `macro_rules!` passes on.
#![deny(warnings)]
#![forbid(unsafe_code)]
#![no_implicit_prelude]
#![allow(dead_code)]

mod std {}
mod core {}
mod aplomb {}
struct Components;
struct Absent;

/// In scope for everything, and not what is meant.
trait Chain: ::core::marker::Sized {
    fn with(self, _: &str, _: fn(), _: fn(), _: ::aplomb::Absent) -> Self {
        ::std::panic!("not this one")
    }

    fn on(self, _: i32, _: fn()) -> Self {
        ::std::panic!("not this one")
    }
}

impl<T> Chain for T {}

mod r#type {
    pub fn start() {}
    pub fn run() {}
}

mod second {}

fn r#loop() {}

macro_rules! program {
    ($first:ident, $second:path, $function:path) => {
        #[::aplomb::app(components($first(r#start, run), second(run = $second)), on(SIGUSR1 = $function))]
        fn main() {}
    };
}

program!(r#type, self::work, r#loop);

fn work() {}
