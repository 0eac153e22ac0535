//! What each system has to give alike, for whatever is waited for.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use super::{Descriptor, Event, Interest, Source, wait, wait_until_ready};

/// Longer than any wait here lasts that is to end by itself.
const LONG: Option<Duration> = Some(Duration::from_secs(60));
/// A look at what is ready already.
const NOW: Option<Duration> = Some(Duration::ZERO);

fn events(count: usize) -> Vec<Event> {
    (0..count).map(|_| Event::new().unwrap()).collect()
}

fn first(of: &[Event], limit: Option<Duration>) -> Option<usize> {
    let sources: Vec<&dyn Source> = of.iter().map(|event| event as &dyn Source).collect();
    wait_until_ready(&sources, limit).unwrap()
}

fn is_ready(of: &impl AsDescriptor, interest: Interest) -> bool {
    let ready = wait_until_ready(&[&of.descriptor(interest)], NOW).unwrap();
    ready.is_some()
}

/// What listeners and streams have in common here.
trait AsDescriptor {
    fn descriptor(&self, interest: Interest) -> Descriptor<'_>;
}

impl AsDescriptor for TcpListener {
    fn descriptor(&self, interest: Interest) -> Descriptor<'_> {
        Descriptor::new(self, interest)
    }
}

impl AsDescriptor for TcpStream {
    fn descriptor(&self, interest: Interest) -> Descriptor<'_> {
        Descriptor::new(self, interest)
    }
}

fn until_ready(of: &impl AsDescriptor, interest: Interest) {
    let ready = wait_until_ready(&[&of.descriptor(interest)], LONG).unwrap();
    assert_eq!(ready, Some(0));
}

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

#[test]
fn an_event_stays_set_until_it_is_cleared() {
    let event = events(1);
    assert_eq!(first(&event, NOW), None);
    event[0].set();
    event[0].set();
    assert_eq!(first(&event, LONG), Some(0));
    assert_eq!(first(&event, None), Some(0));
    event[0].clear();
    assert_eq!(first(&event, NOW), None);
    event[0].set();
    assert_eq!(first(&event, LONG), Some(0));
}

#[test]
fn the_first_of_those_that_are_ready_counts() {
    let three = events(3);
    three[2].set();
    assert_eq!(first(&three, LONG), Some(2));
    three[1].set();
    assert_eq!(first(&three, LONG), Some(1));
    let sources: [&dyn Source; 2] = [&three[2], &three[1]];
    assert_eq!(wait(&sources, LONG), Some(0));
}

#[test]
fn a_wait_ends_when_its_time_is_up_and_not_before() {
    for milliseconds in [0, 1, 7, 30] {
        let limit = Duration::from_micros(milliseconds * 1_000 + 300);
        for sources in [0, 1, 70] {
            let begin = Instant::now();
            assert_eq!(first(&events(sources), Some(limit)), None);
            assert!(begin.elapsed() >= limit);
        }
    }
}

#[test]
fn an_event_wakes_every_thread_that_sleeps_on_it() {
    let event = events(1);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(first(&event, LONG), Some(0)));
        }
        event[0].set();
    });
}

/// One call of Windows takes 64 of them.
#[test]
fn any_number_can_be_waited_for() {
    for count in [63, 64, 65, 100] {
        let many = events(count);
        for position in [0, 62, count - 1] {
            thread::scope(|scope| {
                let waits = scope.spawn(|| first(&many, LONG));
                many[position].set();
                assert_eq!(waits.join().unwrap(), Some(position));
            });
            assert_eq!(first(&many, NOW), Some(position));
            many[position].clear();
        }
        many[count - 1].set();
        many[count / 2].set();
        assert_eq!(first(&many, LONG), Some(count / 2));
    }
}

#[test]
fn a_listener_is_ready_when_somebody_has_come() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(!is_ready(&listener, Interest::Read));
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    until_ready(&listener, Interest::Read);
    // Nobody has accepted the connection, so it is told again.
    until_ready(&listener, Interest::Both);
    listener.accept().unwrap();
    assert!(!is_ready(&listener, Interest::Read));
}

#[test]
fn all_threads_hear_of_one_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let begin = Barrier::new(5);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                begin.wait();
                until_ready(&listener, Interest::Read);
            });
        }
        begin.wait();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    });
}

#[test]
fn a_stream_is_ready_for_what_would_not_block() {
    let (mut client, mut server) = pair();
    assert!(!is_ready(&server, Interest::Read));
    until_ready(&server, Interest::Write);
    until_ready(&server, Interest::Both);
    client.write_all(b"ab").unwrap();
    let mut byte = [0];
    for _ in 0..2 {
        // Told again for what is left.
        until_ready(&server, Interest::Read);
        server.read_exact(&mut byte).unwrap();
    }
    assert!(!is_ready(&server, Interest::Read));
    // The end of what the other side sends is something to read.
    client.shutdown(Shutdown::Write).unwrap();
    until_ready(&server, Interest::Read);
    assert_eq!(server.read(&mut byte).unwrap(), 0);
    until_ready(&server, Interest::Write);
}

#[test]
fn a_stream_that_takes_nothing_is_not_ready_for_output() {
    let (mut client, server) = pair();
    client.set_nonblocking(true).unwrap();
    let full = vec![0; 1 << 16];
    while client.write(&full).is_ok() {}
    // What is under way may still make room, until both sides are full.
    while is_ready(&client, Interest::Write) {
        let _ = client.write(&full);
        thread::yield_now();
    }
    drop(server);
    until_ready(&client, Interest::Write);
}

#[test]
fn an_event_ends_the_wait_for_a_socket() {
    let (_client, server) = pair();
    let event = &events(1)[0];
    for _ in 0..100 {
        thread::scope(|scope| {
            scope.spawn(|| event.set());
            let sources: [&dyn Source; 2] = [event, &server.descriptor(Interest::Read)];
            assert_eq!(wait_until_ready(&sources, LONG).unwrap(), Some(0));
        });
        event.clear();
    }
    // Nothing has stayed behind of these waits.
    assert!(!is_ready(&server, Interest::Read));
    assert_eq!(server.take_error().unwrap().map(|error| error.kind()), None);
}
