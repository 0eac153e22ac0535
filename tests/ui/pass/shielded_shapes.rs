//! Wherever a function may stand, however it may look.
#![deny(warnings)]
#![allow(clippy::all)]

use aplomb::shielded;
use std::fmt::{Debug, Display};
use std::sync::Arc;

#[shielded]
fn unit() {}

#[shielded]
fn never() -> ! {
    std::process::exit(0)
}

#[shielded]
fn todo() -> u8 {
    todo!()
}

#[shielded]
fn question(text: &str) -> Result<u8, std::num::ParseIntError> {
    if text.is_empty() {
        return Ok(0);
    }
    Ok(text.parse::<u8>()? + 1)
}

#[shielded]
fn opaque<'a>(text: &'a str) -> impl Iterator<Item = char> + 'a {
    text.chars().rev()
}

#[shielded]
fn opaque_argument(value: impl Display) -> String {
    value.to_string()
}

#[shielded]
fn opaque_error() -> Result<(), impl Debug> {
    Err(1_u8)
}

// A body's last expression is coerced to the return type, as without the attribute.
#[shielded]
fn coerced() -> Result<Box<dyn Fn() -> u8>, ()> {
    Ok(Box::new(|| 1))
}

#[shielded]
fn coerced_slice() -> &'static [u8] {
    &[1, 2]
}

#[shielded]
fn generic<'a, T: Clone, F: Fn(&T) -> Vec<T>, const N: usize>(value: &'a T, f: F) -> [T; N]
where
    T: Debug,
    for<'b> F: Fn(&'b T) -> Vec<T>,
{
    f(value).try_into().unwrap_or_else(|_| panic!())
}

#[shielded]
fn patterns((a, mut b): (u8, u8), [c, ..]: [u8; 3], _: ()) -> u8 {
    b += a;
    b + c
}

#[shielded]
fn inner_attributes() -> u8 {
    #![allow(unused_variables)]
    //! This function has inner attributes and inner documentation.
    let unused = 1;
    fn item_in_body() -> u8 {
        2
    }
    item_in_body()
}

#[shielded]
extern "C" fn foreign(value: u8) -> u8 {
    value
}

#[shielded]
unsafe fn unchecked(value: *const u8) -> u8 {
    unsafe { *value }
}

#[shielded]
#[inline]
#[must_use]
pub fn attributes() -> u8 {
    1
}

#[must_use]
#[shielded]
#[track_caller]
fn caller() -> u32 {
    std::panic::Location::caller().line()
}

#[shielded]
fn r#move() -> u8 {
    5
}

#[shielded]
fn closure_in_body() -> impl FnOnce() -> u8 {
    let value = String::from("x");
    move || value.len() as u8
}

struct Store(Vec<u8>);

impl Store {
    #[shielded]
    fn reborrow(&mut self) -> &mut Vec<u8> {
        let all = &mut self.0;
        all.push(1);
        all
    }

    #[shielded]
    fn by_value(mut self) -> Self {
        self.0.clear();
        self
    }

    #[shielded(name = "store")]
    pub(self) fn shared(self: Arc<Self>) -> usize {
        self.0.len()
    }

    #[shielded]
    fn find<'a>(&'a self, _other: &str) -> Option<&'a u8> {
        self.0.first()
    }
}

trait Commit {
    #[shielded]
    fn by_default(&self) -> u8 {
        1
    }

    fn required(&self) -> u8;
}

impl Commit for Store {
    #[shielded]
    fn required(&self) -> u8 {
        self.by_default() + 1
    }
}

fn main() {
    #[shielded]
    fn local() -> u8 {
        9
    }

    unit();
    assert_eq!(question("4"), Ok(5));
    assert_eq!(question(""), Ok(0));
    assert!(question("x").is_err());
    assert_eq!(opaque("ab").collect::<String>(), "ba");
    assert_eq!(opaque_argument(3), "3");
    assert!(opaque_error().is_err());
    assert_eq!(coerced().unwrap()(), 1);
    assert_eq!(coerced_slice(), [1, 2]);
    assert_eq!(generic::<_, _, 2>(&1_u8, |value| vec![*value; 2]), [1, 1]);
    assert_eq!(patterns((1, 2), [3, 4, 5], ()), 6);
    assert_eq!(inner_attributes(), 2);
    assert_eq!(foreign(1), 1);
    assert_eq!(unsafe { unchecked(&7) }, 7);
    assert_eq!(attributes(), 1);
    assert_eq!((caller(), caller()), (line!(), line!()));
    assert_eq!(r#move(), 5);
    assert_eq!(closure_in_body()(), 1);
    assert_eq!(local(), 9);
    let mut store = Store(vec![]);
    assert_eq!(store.reborrow().len(), 1);
    assert_eq!(store.find(""), Some(&1));
    assert_eq!(store.required(), 2);
    assert_eq!(Arc::new(store.by_value()).shared(), 0);
    let _: (fn() -> u8, fn(&Store) -> u8) = (todo, Store::required);
    never()
}
