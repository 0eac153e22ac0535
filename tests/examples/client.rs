//! A client that talks in lines.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use aplomb_testing::wait_until;

pub struct Client(BufReader<TcpStream>);

impl Client {
    /// # Panics
    /// When it is refused.
    pub fn connect(to: SocketAddr) -> Client {
        let stream = TcpStream::connect(to).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        Client(BufReader::new(stream))
    }

    pub fn send(&mut self, text: &str) {
        assert!(self.try_send(text), "the server has hung up");
    }

    /// How long what is sent may wait for room.
    pub fn set_write_patience(&self, patience: Duration) {
        self.0.get_ref().set_write_timeout(Some(patience)).unwrap();
    }

    /// Whether there was anybody to send it to.
    pub fn try_send(&mut self, text: &str) -> bool {
        self.0.get_mut().write_all(text.as_bytes()).is_ok()
    }

    /// Sends no more, and goes on reading.
    pub fn send_end(&mut self) {
        self.0.get_ref().shutdown(Shutdown::Write).unwrap();
    }

    #[track_caller]
    pub fn expect(&mut self, line: &str) {
        assert_eq!(self.line(), line);
    }

    /// A line, with its newline; nothing at the end.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let mut read = String::new();
        self.0.read_line(&mut read).unwrap();
        read
    }

    /// All that is to come, to the end or a reset.
    #[track_caller]
    pub fn rest(&mut self) -> String {
        let mut read = Vec::new();
        match self.0.read_to_end(&mut read) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
            _ => String::from_utf8(read).unwrap(),
        }
    }

    /// Returns when something has come, and leaves it there.
    pub fn until_spoken_to(&mut self) {
        assert!(!self.0.fill_buf().unwrap().is_empty(), "nothing has come");
    }

    /// Whether something has come, or the end.
    pub fn is_spoken_to(&self) -> bool {
        let stream = self.0.get_ref();
        stream.set_nonblocking(true).unwrap();
        let looked = stream.peek(&mut [0]);
        stream.set_nonblocking(false).unwrap();
        looked.is_ok()
    }

    #[track_caller]
    pub fn expect_end(&mut self) {
        assert_eq!(
            self.0.read(&mut [0]).unwrap(),
            0,
            "the server was to hang up"
        );
    }

    /// Checks that the server hangs up, also by a reset, which the end is where it has not read all that was sent.
    #[track_caller]
    pub fn expect_cut(&mut self) {
        match self.0.read(&mut [0]) {
            Ok(0) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("the server was to hang up: {other:?}"),
        }
    }

    /// Returns when the server has read all that was sent: nothing is on the way, nor waits in
    /// the server's socket.
    pub fn until_read(&self) {
        let stream = self.0.get_ref();
        let ours = in_table(stream.local_addr().unwrap());
        let theirs = in_table(stream.peer_addr().unwrap());
        wait_until("the server has read", || {
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

/// Waits until nobody listens there any more.
pub fn until_refused(address: SocketAddr) {
    wait_until("new clients are refused", || {
        match TcpStream::connect(address) {
            Ok(_) => false,
            Err(error) => error.kind() == ErrorKind::ConnectionRefused,
        }
    });
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
