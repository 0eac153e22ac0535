//! A server that answers in two halves, and never gives one alone.
//!
//! ```console
//! $ cargo run --example hello_async &
//! $ nc 127.0.0.1 7878
//! ```
//!
//! and `kill` it between the halves: the other one comes, then the process is gone.

use aplomb::{Shutdown, app, shielded};
use std::{env, io, time::Duration};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

async fn start() -> io::Result<TcpListener> {
    let address = env::args().nth(1);
    TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:7878")).await
}

async fn run(listener: &TcpListener, shutdown: &Shutdown) -> io::Result<()> {
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (client, _) = shutdown.run_until_cancelled(listener.accept()).await??;
        tokio::spawn(answer(client));
    }
}

#[shielded]
async fn answer(mut client: TcpStream) -> io::Result<()> {
    client.write_all(b"first half\n").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    client.write_all(b"second half\n").await
}

async fn stop(_listener: TcpListener) {
    println!("stopped");
}

#[app(start, run, stop)]
async fn main() {}
