#![deny(warnings)]

#[aplomb::app(r#start, r#run, stop = r#move, r#deadline = "5s", r#timeout(r#run = "1s"))]
fn r#main();

fn start() {}

fn run() {}

fn r#move() {}
