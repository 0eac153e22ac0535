//! What readers of the site get.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use nix::sys::signal::Signal::SIGTERM;

use super::app::App;
use super::client::{ask, exchange, get};
use super::place::Place;
use super::stopping::{SIGNALS, stopped_by};
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
        let answer = get(address, path);
        assert_eq!(answer.status, 200);
        assert!(
            answer
                .headers
                .contains("Content-Type: text/html; charset=utf-8")
        );
        assert_eq!(check_page(&answer.body, name), place.titles());

        let packed = format!("GET {path} HTTP/1.1\r\naccept-encoding: br, gzip\r\n\r\n");
        let packed = ask(address, &packed);
        assert!(packed.headers.contains("Content-Encoding: gzip"));
        assert!(packed.body == read(&format!("{name}.html.gz")));

        let head = ask(address, &format!("HEAD {path} HTTP/1.0\r\n\r\n"));
        assert_eq!(head.status, 200);
        assert_eq!(head.headers, answer.headers);
        assert!(head.body.is_empty());
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
        "\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/2\r\n\r\n",
        "GET / HTTP/1.1 more\r\n\r\n",
    ] {
        assert_eq!(exchange(address, nonsense), b"", "{nonsense:?}");
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
