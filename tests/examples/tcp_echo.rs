use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGKILL, SIGTERM};

use super::program::example;
use crate::support::{Running, until};

/// Starts it, and returns where it listens.
fn start(port: u16) -> (Running, SocketAddr) {
    let mut server = example("tcp_echo").args(&[&port.to_string()]).spawn();
    let address = server.expect_after("listening on ");
    (server, address.parse().unwrap())
}

struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(to: SocketAddr) -> Client {
        let stream = TcpStream::connect(to).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        Client(BufReader::new(stream))
    }

    fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    #[track_caller]
    fn expect(&mut self, line: &str) {
        let mut read = String::new();
        self.0.read_line(&mut read).unwrap();
        assert_eq!(read, line);
    }

    #[track_caller]
    fn expect_end(&mut self) {
        assert_eq!(
            self.0.read(&mut [0]).unwrap(),
            0,
            "the server was to hang up"
        );
    }

    /// Returns when the server has read all that was sent: nothing is on the way, nor waits in
    /// the server's socket.
    fn until_read(&self) {
        let stream = self.0.get_ref();
        let ours = in_table(stream.local_addr().unwrap());
        let theirs = in_table(stream.peer_addr().unwrap());
        until("the server has read", || {
            let table = fs::read_to_string("/proc/net/tcp").unwrap();
            let empty = |from: &str, to: &str| {
                table.lines().any(|line| {
                    let fields: Vec<_> = line.split_whitespace().collect();
                    fields[1..3] == [from, to] && fields[4] == "00000000:00000000"
                })
            };
            empty(&ours, &theirs) && empty(&theirs, &ours)
        });
    }
}

/// How the kernel's table writes an address of this machine.
fn in_table(address: SocketAddr) -> String {
    assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
    format!(
        "{:08X}:{:04X}",
        u32::from_ne_bytes([127, 0, 0, 1]),
        address.port()
    )
}

#[test]
fn clients_in_work_are_answered_and_new_ones_refused() {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let (server, address) = start(0);
        let [mut idle, mut busy] = [(); 2].map(|()| Client::connect(address));
        for client in [&mut idle, &mut busy] {
            client.send("one\n");
            client.expect("one\n");
        }
        busy.send("two\nthr");
        busy.expect("two\n");
        busy.until_read();

        server.signal(signal);
        idle.expect_end();
        until("new clients are refused", || {
            match TcpStream::connect(address) {
                Ok(_) => false,
                Err(error) => error.kind() == ErrorKind::ConnectionRefused,
            }
        });
        assert!(!server.has_ended(), "it has a line in work");
        busy.send("ee\n");
        busy.expect("three\n");
        busy.expect_end();
        server
            .finish()
            .died_by(signal)
            .complained_once("lines answered: 4");
    }
}

#[test]
fn it_can_be_started_again_on_the_same_port_at_once() {
    let (server, address) = start(0);
    let mut server = Some(server);
    for signal in [SIGTERM, SIGKILL, SIGINT, SIGKILL, SIGHUP] {
        let mut client = Client::connect(address);
        client.send("line\n");
        client.expect("line\n");
        // With the connection open, so that its end stays with the server's side.
        let ended = server.take().unwrap();
        ended.signal(signal);
        ended.finish().died_by(signal);
        client.expect_end();
        server = Some(start(address.port()).0);
    }
}

/// Threads that are between two lines, however many, do not hold up the end.
#[test]
fn many_clients_come_and_go() {
    let (server, address) = start(0);
    let mut clients: Vec<_> = (0..100).map(|_| Client::connect(address)).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        client.send(&format!("{number}\n{number}\n"));
    }
    for (number, client) in clients.iter_mut().enumerate() {
        client.expect(&format!("{number}\n"));
        client.expect(&format!("{number}\n"));
    }
    clients.truncate(50);
    server.signal(SIGTERM);
    for client in &mut clients {
        client.expect_end();
    }
    server
        .finish()
        .died_by(SIGTERM)
        .complained_once("lines answered: 200");
}

#[test]
fn a_line_may_be_of_any_length_and_lack_its_end() {
    let (server, address) = start(0);
    let mut client = Client::connect(address);
    let long = "x".repeat(200_000) + "\n";
    client.send(&long);
    client.expect(&long);
    client.send("no newline");
    client
        .0
        .get_ref()
        .shutdown(std::net::Shutdown::Write)
        .unwrap();
    client.expect("no newline");
    client.expect_end();
    server.signal(SIGINT);
    server.finish().died_by(SIGINT);
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let (first, address) = start(0);
    let port = address.port().to_string();
    example("tcp_echo")
        .args(&[&port])
        .spawn()
        .finish()
        .exited(1)
        .said(&[])
        .complained_once(&format!("cannot listen on port {port}"));
    example("tcp_echo")
        .args(&["http"])
        .spawn()
        .finish()
        .exited(1)
        .complained_once("http");
    drop(first);
}
