//! What readers of the site get.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use nix::sys::signal::Signal::SIGTERM;
use tempfile::TempDir;

use super::app::App;
use super::client::{ask, exchange, get};
use super::place::Place;
use super::stopping::{SIGNALS, insist, stopped_by};
use super::whole::check_page;
use crate::examples::program::{example, text};

#[test]
fn pages_are_served() {
    let place = Place::new();
    let (app, address) = App::start(place.program());
    let read = |name: &str| fs::read(place.output().join("current").join(name)).unwrap();
    for (path, name) in [
        ("/", "index"),
        ("/first.html", "first"),
        ("/second.html?x=y", "second"),
    ] {
        let mut answer = get(address, path);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(check_page(&answer.body, name), place.titles());

        let packed = format!("GET {path} HTTP/1.1\r\naccept-encoding: br, gzip\r\n\r\n");
        let packed = ask(address, &packed);
        assert_eq!(packed.headers["content-encoding"], "gzip");
        assert!(packed.body == read(&format!("{name}.html.gz")));

        let mut head = ask(address, &format!("HEAD {path} HTTP/1.1\r\n\r\n"));
        assert_eq!(head.status, 200);
        // Another second may have begun.
        assert!(head.headers.remove("date").is_some() && answer.headers.remove("date").is_some());
        assert_eq!(head.headers, answer.headers);
        assert!(head.body.is_empty());

        let old = ask(address, &format!("GET {path} HTTP/1.0\r\n\r\n"));
        assert!(old.status == 200 && old.body == answer.body);

        // Whoever has the page already is told when there is another one, and not before.
        let known = &answer.headers["etag"];
        let again = format!("GET {path} HTTP/1.1\r\nIf-None-Match: {known}\r\n\r\n");
        assert!(exchange(address, &again).starts_with(b"HTTP/1.1 304 "));
    }
    app.stop_by(SIGTERM);
}

#[test]
fn what_is_not_there_is_not_served() {
    let place = Place::new();
    let (app, address) = App::start(place.program());
    for path in [
        "/third.html",
        "/../lock",
        "/..",
        "/%2e%2e/lock",
        "/a/b.html",
        "//",
        "/.html",
        "first.html",
    ] {
        assert_eq!(get(address, path).status, 404, "{path}");
    }
    assert_eq!(ask(address, "POST / HTTP/1.1\r\n\r\n").status, 405);
    for nonsense in [
        "GET /\r\n\r\n",
        "GET / HTTP/2\r\n\r\n",
        "GET / HTTP/1.1 more\r\n\r\n",
    ] {
        assert_eq!(ask(address, nonsense).status, 400, "{nonsense:?}");
    }
    // Who says nothing, or not all of it, is hung up on in time.
    for little in ["\r\n\r\n", "GET / HT"] {
        assert_eq!(exchange(address, little), b"", "{little:?}");
    }
    app.stop_by(SIGTERM);
}

/// Those that come with the program, with a browser's eyes: a link to a page leads to one.
#[test]
fn its_own_pages() {
    let place = Place::new();
    let output = place.output();
    let program = example("site").args(["--port", "0", "--output", text(&output)]);
    let (app, address) = App::start(program);
    let index = get(address, "/");
    let page = String::from_utf8(index.body).unwrap();
    let links: Vec<_> = page
        .split("href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(links.len() > 10, "{links:?}");
    for link in links {
        let page = get(address, &format!("/{link}"));
        assert_eq!(page.status, 200, "{link}");
        assert!(page.body.ends_with(b"</html>\n"));
    }
    app.stop_by(SIGTERM);
}

/// What it has begun to answer it answers; who has not said yet what they want is hung up on.
#[test]
fn its_readers_get_whole_pages() {
    for signal in SIGNALS {
        let place = Place::new();
        let (app, address) = App::start(place.program());
        let mut reader = TcpStream::connect(address).unwrap();
        reader
            .write_all(b"GET /second.html HTTP/1.1\r\n\r\n")
            .unwrap();
        let mut page = vec![0; 1000];
        reader.read_exact(&mut page).unwrap();
        let mut undecided = TcpStream::connect(address).unwrap();
        undecided.write_all(b"GET /second.ht").unwrap();
        app.send_signal(signal);
        reader.read_to_end(&mut page).unwrap();
        let begin = page.windows(2).position(|pair| pair == b"<!").unwrap();
        check_page(&page[begin..], "second");
        match undecided.read(&mut [0]) {
            Ok(0) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("it was to hang up: {other:?}"),
        }
        let output = app.wait();
        stopped_by(&output, signal);
    }
}

/// However often it is asked to stop: an answer that it has begun is whole.
#[test]
fn who_insists_waits_for_whole_pages() {
    for signal in SIGNALS {
        let folder = TempDir::new().unwrap();
        // More than there is room for on the way.
        let page = vec![b'x'; 32 << 20];
        fs::write(folder.path().join("page.html"), &page).unwrap();
        let words = ["serve", text(folder.path()), "0"];
        let mut server = example("site").args(words).spawn();
        let address = server.expect_prefix("serving on ");
        let mut reader = TcpStream::connect(address).unwrap();
        reader
            .write_all(b"GET /page.html HTTP/1.1\r\n\r\n")
            .unwrap();
        let mut answer = vec![0; 1000];
        reader.read_exact(&mut answer).unwrap();
        insist(|| server.send_signal(signal));
        assert!(!server.has_exited());
        reader.read_to_end(&mut answer).unwrap();
        assert!(answer.ends_with(&page), "it was cut");
        server.wait().assert_signal(signal);
    }
}
