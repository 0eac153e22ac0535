//! Somebody who reads the site.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub struct Answer {
    pub status: u16,
    /// By their names in small letters, as capitals mean nothing.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// Sends what may be a request, and reads to the end of the connection.
pub fn exchange(address: SocketAddr, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// # Panics
/// When the answer is not whole.
#[track_caller]
pub fn ask(address: SocketAddr, request: &str) -> Answer {
    let answer = exchange(address, request);
    let end = b"\r\n\r\n";
    let at = answer.windows(end.len()).position(|window| window == end);
    let at = at.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(&answer)));
    let head = str::from_utf8(&answer[..at]).unwrap();
    let body = answer[at + end.len()..].to_vec();
    let (first, headers) = head.split_once("\r\n").expect("headers");
    let status = first.split(' ').nth(1).expect("a status").parse();
    let headers: BTreeMap<_, _> = headers
        .lines()
        .map(|line| line.split_once(": ").expect("a header"))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = &headers["content-length"];
    let is_head = request.starts_with("HEAD");
    assert!(
        is_head || *length == body.len().to_string(),
        "an answer was cut"
    );
    Answer {
        status: status.expect("a number"),
        headers,
        body,
    }
}

#[track_caller]
pub fn get(address: SocketAddr, path: &str) -> Answer {
    ask(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: site\r\n\r\n"),
    )
}
