//! Waiting for input for a time, on a thread.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use aplomb::{Cancelled, Interest, Shutdown};

use super::say;

/// Says where it listens, and waits so many milliseconds for somebody who connects.
pub(super) fn accept(time: u64, shutdown: &Shutdown) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there are ports");
    let address = listener.local_addr().expect("it is bound");
    say(format!("listens {address}"));
    let accepted = shutdown.accept_timeout(&listener, Duration::from_millis(time));
    match accepted.expect("it can accept") {
        Ok(Some(_)) => say("accepted one"),
        Ok(None) => say("accepted none"),
        Err(Cancelled { .. }) => say("accepted Err(Cancelled)"),
    }
}

/// Waits so many milliseconds for what never comes, and then for what is there.
pub(super) fn ready(time: u64, shutdown: &Shutdown) {
    let (silent, other) = pair();
    for (stream, interest) in [(&silent, Interest::Read), (&other, Interest::Write)] {
        let ready = shutdown.ready_timeout(stream, interest, Duration::from_millis(time));
        match ready.expect("it can be polled") {
            Ok(ready) => say(format!("ready {ready}")),
            Err(Cancelled { .. }) => say("ready Err(Cancelled)"),
        }
    }
}

/// Two sockets that are connected.
pub(super) fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there are ports");
    let address = listener.local_addr().expect("it is bound");
    let one = TcpStream::connect(address).expect("it listens");
    let (other, _) = listener.accept().expect("there is one");
    (one, other)
}
