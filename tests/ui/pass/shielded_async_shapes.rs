//! Wherever an `async fn` may stand, however it may look.
#![deny(warnings)]
#![allow(clippy::all)]

use aplomb::shielded;
use std::fmt::{Debug, Display};
use std::future::ready;
use std::sync::Arc;

#[shielded]
async fn unit() {}

#[shielded(inline)]
async fn unit_inline() {}

#[shielded]
async fn never() -> ! {
    ready(()).await;
    panic!("never")
}

#[shielded(inline)]
async fn never_inline() -> ! {
    never().await
}

#[shielded]
async fn todo() -> u8 {
    todo!()
}

#[shielded]
async fn question(text: String) -> Result<u8, std::num::ParseIntError> {
    if text.is_empty() {
        return Ok(0);
    }
    let value = text.parse::<u8>()?;
    Ok(value + 1)
}

#[shielded(inline)]
async fn question_inline(text: &str) -> Result<u8, Box<dyn std::error::Error>> {
    let value = text.parse::<u8>()?;
    Ok(value + 1)
}

// Each `return` is coerced to the return type, as without the attribute.
#[shielded]
async fn coerced(first: bool) -> Box<dyn Display + Send> {
    if first {
        return Box::new(1);
    }
    Box::new("x")
}

#[shielded(inline)]
async fn coerced_inline(first: bool) -> Box<dyn Display> {
    if first {
        return Box::new(1);
    }
    Box::new("x")
}

#[shielded]
async fn coerced_slice() -> &'static [u8] {
    &[1, 2]
}

#[shielded]
async fn opaque() -> impl Iterator<Item = char> {
    ready("ab").await.chars().rev()
}

#[shielded(inline)]
async fn opaque_inline<'a>(text: &'a str) -> impl Iterator<Item = char> + 'a {
    text.chars().rev()
}

#[shielded]
async fn opaque_argument(value: impl Display + Send + 'static) -> String {
    value.to_string()
}

#[shielded]
async fn generic<T: Clone, F, const N: usize>(value: T, f: F) -> [T; N]
where
    T: Debug + Send + 'static,
    F: Fn(&T) -> Vec<T> + Send + 'static,
    for<'b> F: Fn(&'b T) -> Vec<T>,
{
    f(&value).try_into().unwrap_or_else(|_| panic!())
}

#[shielded(inline)]
async fn lifetimes<'a, 'b: 'a>(first: &'a str, _second: &'b mut String) -> &'a str {
    ready(first).await
}

#[shielded]
async fn patterns((a, mut b): (u8, u8), [c, ..]: [u8; 3], _: (), mut d: u8) -> u8 {
    b += a;
    d += c;
    b + d
}

#[shielded(inline)]
async fn patterns_inline(&(a, ref b): &(u8, u8), #[allow(unused)] c: u8, _: &str) -> u8 {
    a + *b
}

// What is in the argument list of a function is not borrowed by the function itself.
#[shielded]
async fn functions(
    f: fn(&str) -> &str,
    g: Box<dyn for<'a> Fn(&'a str) -> &'a str + Send>,
    h: impl Fn(&str) -> usize + Send + 'static,
    text: &'static str,
) -> usize {
    h(g(f(text)))
}

#[shielded]
async fn inner_attributes() -> u8 {
    #![allow(unused_variables)]
    //! This function has inner attributes and inner documentation.
    let unused = 1;
    async fn item_in_body() -> u8 {
        2
    }
    item_in_body().await
}

#[shielded]
async unsafe fn unchecked(value: usize) -> u8 {
    unsafe { *(value as *const u8) }
}

#[shielded]
#[inline]
#[must_use]
pub async fn attributes() -> u8 {
    1
}

#[shielded]
async fn r#move(r#fn: u8) -> u8 {
    r#fn
}

#[derive(Clone)]
struct Store(Vec<u8>);

impl Store {
    #[shielded(inline)]
    async fn reborrow(&mut self) -> &mut Vec<u8> {
        let all = &mut self.0;
        all.push(ready(1).await);
        all
    }

    #[shielded]
    async fn by_value(mut self) -> Self {
        self.0.clear();
        self
    }

    #[shielded(inline)]
    async fn replaced(mut self) -> Self {
        self = Store(vec![]);
        ready(self).await
    }

    #[shielded(name = "store")]
    pub(self) async fn shared(self: Arc<Self>) -> usize {
        self.0.len()
    }

    #[shielded(inline)]
    async fn find<'a>(&'a self, _other: &str) -> Option<&'a u8> {
        self.0.first()
    }

    #[shielded(inline)]
    async fn find_elided(&self, _: &str) -> Option<&u8> {
        self.0.first()
    }

    #[shielded(inline)]
    async fn part(self, _other: u8) -> Vec<u8> {
        self.0
    }
}

#[allow(async_fn_in_trait)]
trait Commit {
    #[shielded(inline)]
    async fn by_default(&self) -> u8 {
        1
    }

    async fn required(&self) -> u8;

    async fn owned(self: Arc<Self>, value: u8) -> u8;
}

impl Commit for Store {
    #[shielded(inline)]
    async fn required(&self) -> u8 {
        self.by_default().await + 1
    }

    #[shielded]
    async fn owned(self: Arc<Self>, value: u8) -> u8 {
        self.0.len() as u8 + value
    }
}

#[tokio::main]
async fn main() {
    #[shielded]
    async fn local() -> u8 {
        9
    }

    unit().await;
    unit_inline().await;
    assert_eq!(question("4".into()).await, Ok(5));
    assert_eq!(question(String::new()).await, Ok(0));
    assert!(question("x".into()).await.is_err());
    assert_eq!(question_inline("4").await.unwrap(), 5);
    assert_eq!(coerced(true).await.to_string(), "1");
    assert_eq!(coerced_inline(false).await.to_string(), "x");
    assert_eq!(coerced_slice().await, [1, 2]);
    assert_eq!(opaque().await.collect::<String>(), "ba");
    assert_eq!(opaque_inline("ab").await.collect::<String>(), "ba");
    assert_eq!(opaque_argument(3).await, "3");
    assert_eq!(generic::<_, _, 2>(1_u8, |value| vec![*value; 2]).await, [1, 1]);
    assert_eq!(lifetimes("a", &mut String::new()).await, "a");
    assert_eq!(patterns((1, 2), [3, 4, 5], (), 6).await, 12);
    assert_eq!(patterns_inline(&(1, 2), 3, "").await, 3);
    assert_eq!(functions(str::trim, Box::new(|it| it), str::len, " a ").await, 1);
    assert_eq!(inner_attributes().await, 2);
    assert_eq!(unsafe { unchecked(&raw const SEVEN as usize) }.await, 7);
    assert_eq!(attributes().await, 1);
    assert_eq!(r#move(5).await, 5);
    assert_eq!(local().await, 9);
    let mut store = Store(vec![]);
    assert_eq!(store.reborrow().await.len(), 1);
    assert_eq!(store.find("").await, Some(&1));
    assert_eq!(store.find_elided("").await, Some(&1));
    assert_eq!(store.required().await, 2);
    assert_eq!(store.clone().part(1).await, [1]);
    assert_eq!(store.clone().replaced().await.0, []);
    assert_eq!(Arc::new(store.clone()).owned(3).await, 4);
    assert_eq!(Arc::new(store.by_value().await).shared().await, 0);
    assert!(tokio::spawn(todo()).await.is_err());
    assert!(tokio::spawn(never_inline()).await.is_err());
}

static SEVEN: u8 = 7;
