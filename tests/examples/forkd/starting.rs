//! What keeps it from starting.

use std::net::TcpListener;

use aplomb_testing::{Command, Session};

use super::server::forkd;
use crate::examples::program::{example, helps, is_misused};

#[track_caller]
fn fails(program: Command, of: &str) {
    let app = program.in_new_session().spawn();
    let leader = app.pid();
    let output = app.wait();
    output
        .assert_code(1)
        .assert_stdout(&[])
        .assert_stderr_once(&[of]);
    Session::of(leader).assert_no_others();
}

#[test]
fn a_port_that_is_taken() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let program = forkd(&["--port", &port]);
    fails(program, &format!("cannot listen on port {port}"));
}

#[test]
fn wrong_arguments_are_told() {
    for (words, of) in [
        (["--clients", "0"], "'0'"),
        (["--clients", "65536"], "65536"),
        (["--port", "http"], "http"),
        (["--grace", "long"], "long"),
        (["--grace", "-1"], "-1"),
        (["--fork", "twice"], "--fork"),
    ] {
        is_misused(forkd(&words), of);
    }
    helps("forkd");
}

/// By hand there is no connection that it could serve.
#[test]
fn a_helper_without_a_client() {
    let helper = example("forkd").args(["serve-client"]);
    fails(helper, "stdin is to be a connection");
}
