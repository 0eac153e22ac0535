use std::io::{BufRead, BufReader, Lines};
use std::net::TcpStream;

use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::program::example;
use crate::support::{Running, pause_past_debounce};

/// Starts it on a port that is free.
fn start() -> (Running, String) {
    let mut server = example("hello_async").args(&["127.0.0.1:0"]).spawn();
    let address = server.expect_after("listening on ");
    (server, address)
}

/// Connects, and reads the first half.
fn connect(address: &str) -> Lines<BufReader<TcpStream>> {
    let mut answer = BufReader::new(TcpStream::connect(address).expect("it listens")).lines();
    let first = answer.next().expect("a line").expect("it answers");
    assert_eq!(first, "first half");
    answer
}

fn rest(answer: Lines<BufReader<TcpStream>>) -> Vec<String> {
    answer.map(|line| line.expect("it answers")).collect()
}

#[test]
fn an_answer_that_has_begun_is_completed() {
    for signal in [SIGINT, SIGTERM] {
        let (server, address) = start();
        let answer = connect(&address);
        server.signal(signal);
        assert_eq!(rest(answer), ["second half"]);
        server.finish().died_by(signal).in_order(&["stopped"]);
    }
}

#[test]
fn insisting_does_not_cut_it() {
    let (server, address) = start();
    let answers = [connect(&address), connect(&address)];
    server.signal(SIGINT);
    pause_past_debounce();
    server.signal(SIGINT);
    for answer in answers {
        assert_eq!(rest(answer), ["second half"]);
    }
    server.finish().died_by(SIGINT).in_order(&["stopped"]);
}

#[test]
fn a_port_in_use_is_an_error() {
    let (server, address) = start();
    example("hello_async")
        .args(&[&address])
        .spawn()
        .finish()
        .exited(1)
        .complained_of(&["AddrInUse"]);
    server.signal(SIGTERM);
    server.finish().died_by(SIGTERM);
}
