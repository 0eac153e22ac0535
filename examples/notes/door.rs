//! The way in, which is closed first, and not on anybody who stands in it.

use std::future::pending;
use std::io;
use std::net::{self, SocketAddr};
use std::time::Duration;

use aplomb::Shutdown;
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// How long clients that have just come in have to send a request, which may be on its way: so many
/// steps of so many milliseconds. A busy machine makes one step longer, and not all of them.
const MOMENT: (u32, Duration) = (10, Duration::from_millis(10));

/// How many clients come in when it is closing: there must be an end to them where more and more
/// are coming. The kernel lets in as many before us, and whom we do not take from there gets no answer.
const IN_THE_DOOR: usize = 1024;

pub(crate) struct Door {
    state: State,
    shutdown: Shutdown,
    closed: Option<oneshot::Sender<()>>,
}

enum State {
    Open(TcpListener),
    /// So many may still come in.
    Closing(net::TcpListener, usize),
    Closed,
}

impl Door {
    /// A door, and what tells when those inside are to be sent home.
    pub(crate) fn new(
        listener: TcpListener,
        shutdown: &Shutdown,
    ) -> (Door, impl Future<Output = ()> + use<>) {
        let (closed, is_closed) = oneshot::channel();
        let door = Door {
            state: State::Open(listener),
            shutdown: shutdown.clone(),
            closed: Some(closed),
        };
        let all_are_in = async {
            let _ = is_closed.await;
            for _ in 0..MOMENT.0 {
                sleep(MOMENT.1).await;
            }
        };
        (door, all_are_in)
    }

    /// Not by way of the runtime, which may not have heard yet who is there.
    fn next_in_the_door(&mut self) -> Option<io::Result<(TcpStream, SocketAddr)>> {
        let State::Closing(listener, left) = &mut self.state else {
            return None;
        };
        *left = left.checked_sub(1)?;
        let (stream, client) = listener.accept().ok()?;
        let stream = stream.set_nonblocking(true).map(|()| stream);
        Some(
            stream
                .and_then(TcpStream::from_std)
                .map(|stream| (stream, client)),
        )
    }
}

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        if let State::Open(listener) = &mut self.state {
            select! {
                client = Listener::accept(listener) => return client,
                () = self.shutdown.cancelled() => {}
            }
            let open = std::mem::replace(&mut self.state, State::Closed);
            if let State::Open(listener) = open
                && let Ok(listener) = listener.into_std()
            {
                self.state = State::Closing(listener, IN_THE_DOOR);
            }
        }
        while let Some(client) = self.next_in_the_door() {
            if let Ok(client) = client {
                return client;
            }
        }
        self.state = State::Closed;
        if let Some(closed) = self.closed.take() {
            let _ = closed.send(());
        }
        pending().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.state {
            State::Open(listener) => listener.local_addr(),
            State::Closing(listener, _) => listener.local_addr(),
            State::Closed => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}
