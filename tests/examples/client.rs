//! The other side of a server on this machine.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::support::until;

/// A client that speaks in lines.
#[derive(Debug)]
pub struct Client(BufReader<TcpStream>);

impl Client {
    pub fn connect(to: SocketAddr) -> Client {
        let stream = TcpStream::connect(to).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        Client(BufReader::new(stream))
    }

    pub fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    pub fn send_no_more(&self) {
        self.0.get_ref().shutdown(Shutdown::Write).unwrap();
    }

    #[track_caller]
    pub fn expect(&mut self, line: &str) {
        let mut read = String::new();
        self.0.read_line(&mut read).unwrap();
        assert_eq!(read, line);
    }

    #[track_caller]
    pub fn expect_end(&mut self) {
        assert_eq!(
            self.0.read(&mut [0]).unwrap(),
            0,
            "the server was to hang up"
        );
    }

    /// Returns when the server has read all that was sent: nothing is on the way, nor waits in
    /// the server's socket.
    pub fn until_read(&self) {
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
