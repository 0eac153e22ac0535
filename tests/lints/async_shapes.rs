// Shapes of `async fn`s that lints of rustc and clippy have something to say about, or had, when
// attributes generated other code. Most of them are dead code, too.

#![allow(clippy::blanket_clippy_restriction_lints, internal_features)]

use std::fmt::{Debug, Display};
use std::future::{Future, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

#[aplomb::shielded]
async fn literal() -> u8 { 1 }

#[aplomb::shielded(inline)]
async fn literal_inline() -> &'static str {
    "text"
}

#[aplomb::shielded]
async fn empty() {}

#[aplomb::shielded(inline)]
async fn empty_inline() {}

#[aplomb::shielded]
async fn todo() -> u8 {
    todo!()
}

#[aplomb::shielded(inline)]
async fn never() -> ! {
    panic!("never")
}

#[aplomb::shielded]
async fn never_in_a_task() -> ! {
    ready(()).await;
    loop {}
}

#[aplomb::shielded]
async fn needless_return(value: u8) -> u8 {
    return value;
}

#[aplomb::shielded(inline)]
async fn early_return(value: &u8) -> u8 {
    if *value > 1 {
        return 1;
    }
    return ready(value + 1).await;
}

#[aplomb::shielded]
async fn question(text: String) -> Result<u8, std::num::ParseIntError> {
    let value = text.parse::<u8>()?;
    Ok(value)
}

#[aplomb::shielded(inline)]
async fn question_only(text: &str) -> Result<u8, std::num::ParseIntError> {
    Ok(text.parse::<u8>()?)
}

#[aplomb::shielded]
async fn let_and_return() -> u8 {
    let value = ready(1).await;
    value
}

#[aplomb::shielded(inline)]
async fn no_semicolon_after_unit() {
    literal().await;
    empty().await
}

#[aplomb::shielded]
async fn unused_variable(parameter: u8, mut other: u8, _silent: u8) {
    let local = 1;
    let mut changed = 2;
}

#[aplomb::shielded(inline)]
async fn unused_variable_inline(parameter: &u8, mut other: u8, _silent: u8) {
    let local = 1;
    let mut changed = 2;
}

#[aplomb::shielded]
async fn unused_assignment(mut value: u8, mut total: u8) {
    value = 2;
    total += 1;
}

#[aplomb::shielded(inline)]
async fn unused_in_patterns((first, second): (u8, u8), #[allow(unused)] allowed: u8, _: &u8) -> u8 {
    first
}

#[aplomb::shielded]
async fn used_although_silent(_silent: u8) -> u8 {
    _silent
}

#[aplomb::shielded]
async fn not_awaited() {
    question(String::new());
    question(String::new()).await;
    must_use().await;
    must_use();
    must_use_inline().await;
}

#[aplomb::shielded]
async fn unreachable_statements() -> u8 {
    return 1;
    literal().await;
}

#[aplomb::shielded(inline)]
async fn diverging_in_the_middle() -> u8 {
    std::process::exit(1);
}

#[aplomb::shielded]
async fn items_after_statements() -> u8 {
    let value = 1;
    const ONE: u8 = 1;
    async fn inner() -> u8 { ONE }
    value + inner().await
}

#[aplomb::shielded]
async fn opaque() -> impl Iterator<Item = u8> {
    (0..3).map(|value| value + 1)
}

#[aplomb::shielded(inline)]
async fn opaque_inline(value: &str) -> impl Display {
    format!("{}", value)
}

#[aplomb::shielded]
async fn opaque_argument(value: impl Display + Send + 'static) -> String {
    format!("{}", value)
}

#[aplomb::shielded(inline)]
async fn generic<'a, T: Clone + Debug, const N: usize>(value: &'a T) -> [T; N] where T: Default {
    std::array::from_fn(|_| value.clone())
}

#[aplomb::shielded(inline)]
async fn needless_lifetime<'a>(text: &'a str) -> &'a str {
    text.trim()
}

#[aplomb::shielded]
async fn by_value(text: String) -> usize {
    text.len()
}

#[aplomb::shielded(inline)]
async fn not_send(value: &Rc<u8>) -> u8 {
    empty().await;
    **value
}

#[aplomb::shielded(inline)]
async fn lock_across(values: &Mutex<Vec<u8>>) -> usize {
    let locked = values.lock().unwrap();
    empty().await;
    locked.len()
}

#[aplomb::shielded]
async fn inner_attributes() -> u8 {
    #![allow(unused_variables, reason = "it is tested")]
    let local = 1;
    2
}

#[aplomb::shielded]
#[must_use]
async fn must_use() -> u8 { 3 }

#[aplomb::shielded(inline)]
#[must_use]
async fn must_use_inline() -> u8 { 3 }

#[aplomb::shielded]
/// This function has documentation.
pub async fn documented() -> Result<(), String> {
    Err(String::from("documented").to_owned())
}

#[aplomb::shielded]
pub async fn undocumented(flag: bool, other: bool, third: bool, fourth: bool) -> bool {
    if flag { true } else { other & third || fourth }
}

#[aplomb::shielded(inline)]
pub async unsafe fn unsafe_function(pointer: *const u8) -> u8 {
    unsafe { *pointer }
}

#[aplomb::shielded]
async fn redundant_parentheses_and_braces(value: u8) -> u8 {
    let result = { (value + 1) };
    (result)
}

#[aplomb::shielded]
async fn one_armed_match(value: u8) -> u8 {
    match value {
        other => other + 1,
    }
}

#[aplomb::shielded]
async fn unsafe_block_that_is_not_needed() -> u8 {
    unsafe { 1 }
}

#[aplomb::shielded]
async fn qualified() -> std::string::String {
    std::string::String::new()
}

#[aplomb::shielded]
async fn shadowed(value: u8) -> u8 {
    let value = value + 1;
    let value = value;
    value
}

#[aplomb::shielded]
async fn complex(value: u8) -> u8 {
    let mut sum = 0;
    for index in 0..value {
        if index % 2 == 0 { sum += index; } else if index % 3 == 0 { sum -= 1; }
        while sum > 100 { sum /= 2; }
    }
    sum
}

#[aplomb::shielded]
async fn too_many(_: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8) {}

#[aplomb::shielded]
fn boxed(early: bool, unused: u8) -> Pin<Box<dyn Future<Output = u8> + Send>> {
    if early {
        return Box::pin(ready(1));
    }
    Box::pin(async move { 2 })
}

#[aplomb::shielded(inline)]
fn boxed_inline(value: &u8) -> Pin<Box<dyn Future<Output = u8> + '_>> {
    let future = async move { *value };
    Box::pin(future)
}

struct Store {
    values: Vec<u8>,
}

impl Store {
    #[aplomb::shielded]
    async fn new() -> Self {
        Store { values: Vec::new() }
    }

    #[aplomb::shielded(inline)]
    async fn push(&mut self, value: u8) -> &mut Vec<u8> {
        self.values.push(value);
        &mut self.values
    }

    #[aplomb::shielded(inline)]
    async fn unused_self(&self) -> u8 {
        1
    }

    #[aplomb::shielded]
    async fn shared(self: Arc<Self>) -> usize {
        self.values.len()
    }

    #[aplomb::shielded]
    async fn needless_mut(mut self) -> usize {
        self.values.len()
    }

    #[aplomb::shielded]
    pub(crate) async fn into_values(self) -> Vec<u8> {
        return self.values.clone();
    }
}

pub trait Commit {
    #[aplomb::shielded(inline)]
    async fn by_default(&self) -> u8 {
        1
    }

    fn required(&self) -> impl Future<Output = Result<(), String>>;
}

impl Commit for Store {
    #[aplomb::shielded(inline)]
    async fn required(&self) -> Result<(), String> {
        Ok(())
    }
}
