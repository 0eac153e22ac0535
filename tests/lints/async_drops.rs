// The order in which an `async fn` drops what it holds, and when.

use std::future::ready;

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

struct Pair {
    first: Noted,
    second: Noted,
}

fn pair() -> Pair {
    Pair {
        first: Noted("first"),
        second: Noted("second"),
    }
}

async fn ended() {
    ready(()).await;
    println!("  the body has ended");
}

#[aplomb::shielded]
async fn tail_temporary(_parameter: Noted) -> u8 {
    let _local = Noted("local");
    Noted("temporary").value()
}

#[aplomb::shielded]
async fn early_return(_parameter: Noted, early: bool) -> u8 {
    let _local = Noted("local");
    if early {
        let _inner = Noted("inner");
        return Noted("returned").value();
    }
    Noted("temporary").itself().value()
}

#[aplomb::shielded]
async fn question(_: Noted, _parameter: Noted) -> Option<u8> {
    let _local = Noted("local");
    let value = None.or(Noted("temporary").itself().value().checked_sub(2))?;
    Some(value)
}

#[aplomb::shielded]
async fn opaque(_parameter: Noted) -> impl Copy {
    let _local = Noted("local");
    Noted("temporary").value()
}

#[aplomb::shielded]
async fn not_used(_permit: Noted, _: Noted, _other: Noted) {
    ended().await;
}

#[aplomb::shielded]
#[allow(unused_variables)]
async fn not_used_without_underscore(first: Noted, second: Noted) {
    ended().await;
}

#[aplomb::shielded]
async fn one_field(pair: Pair, _after: Noted) {
    let _ = pair.first.value();
    ended().await;
}

#[aplomb::shielded]
async fn one_field_moved(_before: Noted, pair: Pair, _after: Noted) {
    drop(pair.second);
    ended().await;
}

#[aplomb::shielded]
async fn taken_apart(Pair { first, second: _ }: Pair, (_, third): (Noted, Noted)) {
    let _ = (first.value(), third.value());
    ended().await;
}

#[aplomb::shielded]
async fn moved_on(first: Noted, second: Noted, _third: Noted) -> Noted {
    drop(first);
    ended().await;
    second
}

impl Pair {
    #[aplomb::shielded]
    async fn of_self(self, _after: Noted) {
        let _ = self.first.value();
        ended().await;
    }

    #[aplomb::shielded]
    async fn not_of_self(self, _after: Noted) {
        ended().await;
    }

    #[aplomb::shielded]
    async fn part_of_self(self, _after: Noted) -> Noted {
        ended().await;
        self.second
    }
}

async fn all() {
    println!("tail_temporary");
    tail_temporary(Noted("parameter")).await;
    println!("early_return");
    early_return(Noted("parameter"), true).await;
    early_return(Noted("parameter"), false).await;
    println!("question");
    question(Noted("ignored"), Noted("parameter")).await;
    println!("opaque");
    opaque(Noted("parameter")).await;
    println!("not_used");
    not_used(Noted("permit"), Noted("ignored"), Noted("other")).await;
    not_used_without_underscore(Noted("first"), Noted("second")).await;
    println!("one_field");
    one_field(pair(), Noted("after")).await;
    one_field_moved(Noted("before"), pair(), Noted("after")).await;
    println!("taken_apart");
    taken_apart(pair(), (Noted("ignored"), Noted("third"))).await;
    println!("moved_on");
    moved_on(Noted("first"), Noted("second"), Noted("third")).await;
    println!("of_self");
    pair().of_self(Noted("after")).await;
    pair().not_of_self(Noted("after")).await;
    pair().part_of_self(Noted("after")).await;
    println!("never awaited");
    drop(one_field(pair(), Noted("after")));
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(all());
}
