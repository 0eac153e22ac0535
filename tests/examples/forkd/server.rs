//! The server, and clients that have lines sorted.

use std::net::SocketAddr;

use aplomb_testing::Command;

use crate::examples::client::Client;
use crate::examples::program::example;
use crate::examples::service::Service;

/// How many clients are served at once, where nothing else is said.
pub const PLACES: usize = 8;

pub fn forkd(words: &[&str]) -> Command {
    example("forkd").args(["--port", "0"]).args(words)
}

pub fn start(words: &[&str]) -> Service {
    Service::start(forkd(words))
}

/// A client in the middle of its lines.
pub struct InWork {
    client: Client,
    number: usize,
}

const LINES: usize = 1000;

impl InWork {
    /// Sends half of the lines, and returns when the helper has read them.
    pub fn start(to: SocketAddr, number: usize) -> InWork {
        let mut client = Client::connect(to);
        client.send(&lines(number, LINES / 2..LINES));
        client.until_read();
        InWork { client, number }
    }

    pub fn start_all(to: SocketAddr) -> Vec<InWork> {
        let all = (0..PLACES).map(|number| InWork::start(to, number));
        all.collect()
    }

    /// Sends the other half, and gets all of them in order.
    #[track_caller]
    pub fn wait(mut self) {
        assert!(!self.client.is_spoken_to(), "it has sent half of its lines");
        self.client.send(&lines(self.number, 0..LINES / 2));
        self.client.send_end();
        let sorted = lines(self.number, 0..LINES);
        assert_eq!(self.client.rest(), sorted, "a whole answer was due");
    }

    /// Its helper has ended without an answer.
    #[track_caller]
    pub fn expect_cut(mut self) {
        self.client.expect_cut();
    }
}

/// Lines of a client, in order.
fn lines(client: usize, numbers: std::ops::Range<usize>) -> String {
    let lines: Vec<_> = numbers
        .map(|number| format!("{number:06} of client {client}\n"))
        .collect();
    lines.concat()
}
