use std::io::{BufRead, BufReader, Lines};
use std::net::{TcpListener, TcpStream};

use aplomb_testing::{Child, wait_until};
use nix::sys::signal::Signal::{SIGINT, SIGTERM};

use super::program::example;
use crate::support::pause_past_debounce;

/// Starts it on a port that is free.
fn start() -> (Child, String) {
    let mut server = example("hello_async").args(["127.0.0.1:0"]).spawn();
    let address = server.expect_prefix("listening on ");
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
        server.send_signal(signal);
        assert_eq!(rest(answer), ["second half"]);
        server
            .wait()
            .assert_signal(signal)
            .assert_in_order(&["stopped"]);
    }
}

#[test]
fn insisting_does_not_cut_it() {
    let (server, address) = start();
    let answers = [connect(&address), connect(&address)];
    server.send_signal(SIGINT);
    pause_past_debounce();
    server.send_signal(SIGINT);
    for answer in answers {
        assert_eq!(rest(answer), ["second half"]);
    }
    server
        .wait()
        .assert_signal(SIGINT)
        .assert_in_order(&["stopped"]);
}

#[test]
fn a_port_in_use_is_an_error() {
    let (server, address) = start();
    example("hello_async")
        .args([&address])
        .spawn()
        .wait()
        .assert_code(1)
        .assert_stderr(&["AddrInUse"]);
    server.send_signal(SIGTERM);
    server.wait().assert_signal(SIGTERM);
}

/// One Ctrl-C on `hello_async | cat` ends `cat` at once, and `stop` prints.
#[test]
fn the_reader_of_a_pipeline_dies_of_the_same_ctrl_c() {
    for _ in 0..5 {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let address = free.expect("there are ports").to_string();
        let server = example("hello_async").args([&address]);
        let server = server.in_pipeline().spawn();
        wait_until("it listens", || TcpStream::connect(&address).is_ok());
        let answer = connect(&address);
        server.send_signal_to_group(SIGINT);
        assert_eq!(rest(answer), ["second half"]);
        server.wait().assert_signal(SIGINT);
    }
}
