//! What holds futures is none: a shield in place is right.
#![deny(warnings)]

use std::future::Future;
use std::pin::Pin;

use aplomb::shielded;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[shielded]
fn all() -> Vec<BoxFuture<'static, u8>> {
    vec![Box::pin(async { 1 })]
}

#[shielded]
fn maker() -> Box<dyn Fn() -> BoxFuture<'static, u8>> {
    Box::new(|| Box::pin(async { 1 }))
}

#[shielded]
fn perhaps() -> Result<BoxFuture<'static, u8>, u8> {
    Err(1)
}

fn main() {
    assert_eq!(all().len(), 1);
    drop(maker()());
    assert!(perhaps().is_err());
}
