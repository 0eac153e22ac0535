//! As much of HTTP/1.1 as it takes to hand out files (RFC 9112): one request for each connection.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;

/// Who sends more than this is not asking for a page.
const LONGEST: u64 = 8 * 1024;

pub(crate) struct Request {
    method: String,
    target: String,
    takes_gzip: bool,
}

pub(crate) struct Answer {
    status: &'static str,
    headers: String,
    body: Vec<u8>,
    /// Whether what was asked for was the headers alone.
    head: bool,
}

/// Reads a request to the end of its headers; `None` if there is none, or none that can be understood.
pub(crate) fn read(client: impl Read) -> io::Result<Option<Request>> {
    let mut lines = BufReader::new(client.take(LONGEST)).lines();
    let Some(first) = lines.next().transpose()? else {
        return Ok(None);
    };
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Ok(None);
    };
    let mut takes_gzip = false;
    loop {
        let Some(line) = lines.next().transpose()? else {
            return Ok(None);
        };
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("accept-encoding") {
            takes_gzip = value.split(',').any(|coding| coding.trim() == "gzip");
        }
    }
    Ok(Some(Request {
        method: method.into(),
        target: target.into(),
        takes_gzip,
    }))
}

pub(crate) fn answer(request: &Request, folder: &Path) -> Answer {
    let head = request.method == "HEAD";
    if !head && request.method != "GET" {
        return Answer::error("405 Method Not Allowed", head);
    }
    let path = request.target.split('?').next().unwrap_or_default();
    let name = match path.strip_prefix('/') {
        Some("") => "index.html",
        Some(name) if is_plain(name) => name,
        _ => return Answer::error("404 Not Found", head),
    };
    match find(folder, name, request.takes_gzip) {
        Ok((body, is_gzip)) => Answer {
            status: "200 OK",
            headers: headers(name, is_gzip),
            body,
            head,
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Answer::error("404 Not Found", head),
        Err(_) => Answer::error("500 Internal Server Error", head),
    }
}

/// A site is one folder, so a name has no folder in it; nor is it one that is hidden.
fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    name.bytes().all(is_plain) && !name.starts_with('.')
}

/// Reads a file, or what the tool has made of it, and says which.
fn find(folder: &Path, name: &str, takes_gzip: bool) -> io::Result<(Vec<u8>, bool)> {
    loop {
        // Where the link leads to now; all that follows is of this build.
        let build = folder.canonicalize()?;
        if takes_gzip && let Ok(body) = fs::read(build.join(format!("{name}.gz"))) {
            return Ok((body, true));
        }
        match fs::read(build.join(name)) {
            // It may be gone by now, where two more were published.
            Err(error)
                if error.kind() == ErrorKind::NotFound && folder.canonicalize()? != build => {}
            read => return read.map(|body| (body, false)),
        }
    }
}

fn headers(name: &str, is_gzip: bool) -> String {
    let kind = match name.rsplit_once('.') {
        Some((_, "html")) => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    };
    let encoding = if is_gzip {
        "Content-Encoding: gzip\r\n"
    } else {
        ""
    };
    format!("Content-Type: {kind}\r\n{encoding}Vary: Accept-Encoding\r\n")
}

impl Answer {
    fn error(status: &'static str, head: bool) -> Answer {
        Answer {
            status,
            headers: "Content-Type: text/plain\r\n".into(),
            body: format!("{status}\n").into_bytes(),
            head,
        }
    }

    pub(crate) fn write(&self, mut to: impl Write) -> io::Result<()> {
        let mut whole = format!(
            "HTTP/1.1 {}\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.status,
            self.headers,
            self.body.len()
        )
        .into_bytes();
        if !self.head {
            whole.extend(&self.body);
        }
        to.write_all(&whole)
    }
}
