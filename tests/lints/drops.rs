// The order in which a function drops what it holds; it is another one since edition 2024.

extern crate aplomb;

use std::cell::RefCell;

struct Noted(&'static str);

impl Noted {
    fn value(&self) -> u8 {
        1
    }

    fn itself(&self) -> &Self {
        self
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        println!("  {}", self.0);
    }
}

#[aplomb::shielded]
fn tail_temporary(_parameter: Noted) -> u8 {
    let _local = Noted("local");
    Noted("temporary").value()
}

#[aplomb::shielded]
fn early_return(_parameter: Noted, early: bool) -> u8 {
    let _local = Noted("local");
    if early {
        let _inner = Noted("inner");
        return Noted("returned").value();
    }
    Noted("temporary").itself().value()
}

#[aplomb::shielded]
fn question(_: Noted, _parameter: Noted) -> Option<u8> {
    let _local = Noted("local");
    let value = None.or(Noted("temporary").itself().value().checked_sub(2))?;
    Some(value)
}

#[aplomb::shielded]
fn match_in_tail(_parameter: Noted) -> u8 {
    let cell = RefCell::new(Noted("cell"));
    let _after = Noted("after");
    let value = match cell.borrow().itself().value() {
        1 => Noted("arm").value(),
        other => other,
    };
    value
}

#[aplomb::shielded]
fn if_let_in_tail(_parameter: Noted) -> u8 {
    if let Some(2) = Some(Noted("condition").value()) {
        Noted("then").value()
    } else {
        Noted("else").value()
    }
}

#[aplomb::shielded]
fn reference<'a>(parameter: &'a Noted, _other: Noted) -> &'a Noted {
    let _local = Noted("local");
    let _ = Noted("not bound");
    parameter.itself()
}

#[aplomb::shielded]
fn loop_with_break(_parameter: Noted) -> u8 {
    loop {
        let _inner = Noted("inner");
        break Noted("broken with").value();
    }
}

fn main() {
    println!("tail_temporary");
    tail_temporary(Noted("parameter"));
    println!("early_return");
    early_return(Noted("parameter"), true);
    early_return(Noted("parameter"), false);
    println!("question");
    question(Noted("ignored"), Noted("parameter"));
    println!("match_in_tail");
    match_in_tail(Noted("parameter"));
    println!("if_let_in_tail");
    if_let_in_tail(Noted("parameter"));
    println!("reference");
    reference(&Noted("borrowed"), Noted("other"));
    println!("loop_with_break");
    loop_with_break(Noted("parameter"));
}
