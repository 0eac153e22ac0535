// Shapes of functions that lints of rustc and clippy have something to say about, or had, when
// attributes generated other code. Most of them are dead code, too.

#![allow(clippy::blanket_clippy_restriction_lints, internal_features)]

use aplomb::shield;
use std::fmt::{Debug, Display};
use std::sync::Arc;

fn by_hand() {
    let _shield = shield("a name that generated code must not be told to use");
}

#[aplomb::shielded]
fn literal() -> u8 { 1 }

#[aplomb::shielded]
fn literal_on_a_line_of_its_own() -> &'static str {
    "text"
}

#[aplomb::shielded]
fn empty() {}

#[aplomb::shielded]
fn never() -> ! {
    loop {}
}

#[aplomb::shielded]
fn never_by_panic() -> ! {
    panic!("never")
}

#[aplomb::shielded]
fn todo() -> u8 {
    todo!()
}

#[aplomb::shielded]
fn unimplemented(_: u8) -> Result<u8, String> {
    unimplemented!()
}

#[aplomb::shielded]
fn needless_return(value: u8) -> u8 {
    return value;
}

#[aplomb::shielded]
fn early_return(value: u8) -> u8 {
    if value > 1 {
        return 1;
    }
    return value + 1;
}

#[aplomb::shielded]
fn question(text: &str) -> Result<u8, std::num::ParseIntError> {
    let value = text.parse::<u8>()?;
    Ok(value)
}

#[aplomb::shielded]
fn question_only(text: &str) -> Result<u8, std::num::ParseIntError> {
    Ok(text.parse::<u8>()?)
}

#[aplomb::shielded]
fn unnecessary_wraps(value: u8) -> Option<u8> {
    Some(value)
}

#[aplomb::shielded]
fn let_and_return() -> u8 {
    let value = 1;
    value
}

#[aplomb::shielded]
fn no_semicolon_after_unit() {
    literal();
    empty()
}

#[aplomb::shielded]
fn unused_variable(parameter: u8) {
    let local = 1;
    let mut changed = 2;
}

#[aplomb::shielded]
fn unused_must_use() {
    must_use();
    question("1");
}

#[aplomb::shielded]
fn unreachable_statements() -> u8 {
    return 1;
    literal();
}

#[aplomb::shielded]
fn diverging_in_the_middle() -> u8 {
    std::process::exit(1);
}

#[aplomb::shielded]
fn items_after_statements() -> u8 {
    let value = 1;
    const ONE: u8 = 1;
    fn inner() -> u8 { ONE }
    value + inner()
}

#[aplomb::shielded]
fn opaque() -> impl Iterator<Item = u8> {
    (0..3).map(|value| value + 1)
}

#[aplomb::shielded]
fn opaque_argument(value: impl Display) -> String {
    format!("{}", value)
}

#[aplomb::shielded]
fn boxed() -> Result<Box<dyn Fn() -> u8>, ()> {
    Ok(Box::new(|| 1))
}

#[aplomb::shielded]
fn generic<'a, T: Clone + Debug, const N: usize>(value: &'a T) -> [T; N] where T: Default {
    std::array::from_fn(|_| value.clone())
}

#[aplomb::shielded]
fn needless_lifetime<'a>(text: &'a str) -> &'a str {
    text.trim()
}

#[aplomb::shielded]
fn by_value(text: String) -> usize {
    text.len()
}

#[aplomb::shielded]
fn patterns((first, second): (u8, u8), [third, ..]: [u8; 3], _: ()) -> u8 {
    first + second + third
}

#[aplomb::shielded]
fn inner_attributes() -> u8 {
    #![allow(unused_variables, reason = "it is tested")]
    let local = 1;
    2
}

#[aplomb::shielded]
#[must_use]
fn must_use() -> u8 { 3 }

#[aplomb::shielded]
#[inline]
#[track_caller]
fn tracked() -> &'static std::panic::Location<'static> {
    std::panic::Location::caller()
}

#[aplomb::shielded]
/// This function has documentation.
pub fn documented() -> Result<(), String> {
    Err(String::from("documented").to_owned())
}

#[aplomb::shielded]
pub fn undocumented(flag: bool, other: bool, third: bool, fourth: bool) -> bool {
    if flag { true } else { other & third || fourth }
}

#[aplomb::shielded]
pub unsafe fn unsafe_function(pointer: *const u8) -> u8 {
    unsafe { *pointer }
}

#[aplomb::shielded]
extern "C" fn foreign(value: u32) -> u8 {
    value as u8
}

#[aplomb::shielded]
fn redundant_parentheses_and_braces(value: u8) -> u8 {
    let result = { (value + 1) };
    (result)
}

#[aplomb::shielded]
fn single_match(value: Option<u8>) -> u8 {
    match value {
        Some(value) => value,
        None => 0,
    }
}

#[aplomb::shielded]
fn one_armed_match(value: u8) -> u8 {
    match value {
        other => other + 1,
    }
}

#[aplomb::shielded]
fn nested_blocks() -> u8 {
    {
        {
            1
        }
    }
}

#[aplomb::shielded]
fn unsafe_block_that_is_not_needed() -> u8 {
    unsafe { 1 }
}

#[aplomb::shielded]
fn qualified() -> std::string::String {
    std::string::String::new()
}

#[aplomb::shielded]
fn too_many(_: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8) {}

#[aplomb::shielded]
fn complex(value: u8) -> u8 {
    let mut sum = 0;
    for index in 0..value {
        if index % 2 == 0 { sum += index; } else if index % 3 == 0 { sum -= 1; }
        while sum > 100 { sum /= 2; }
    }
    sum
}

struct Store {
    values: Vec<u8>,
}

impl Store {
    #[aplomb::shielded]
    fn new() -> Self {
        Store { values: Vec::new() }
    }

    #[aplomb::shielded]
    fn push(&mut self, value: u8) -> &mut Vec<u8> {
        self.values.push(value);
        &mut self.values
    }

    #[aplomb::shielded]
    fn unused_self(&self) -> u8 {
        1
    }

    #[aplomb::shielded]
    fn shared(self: Arc<Self>) -> usize {
        self.values.len()
    }

    #[aplomb::shielded]
    pub(crate) fn into_values(self) -> Vec<u8> {
        return self.values.clone();
    }
}

trait Commit {
    #[aplomb::shielded]
    fn by_default(&self) -> u8 {
        1
    }

    fn required(&self) -> Result<(), String>;
}

impl Commit for Store {
    #[aplomb::shielded]
    fn required(&self) -> Result<(), String> {
        Ok(())
    }
}

impl Drop for Store {
    #[aplomb::shielded]
    fn drop(&mut self) {
        self.values.clear()
    }
}

impl Default for Store {
    #[aplomb::shielded]
    fn default() -> Self {
        Self::new()
    }
}
