#![deny(warnings)]

#[cfg_attr(unix, aplomb::app(run, stop))]
#[cfg_attr(not(unix), aplomb::app(run))]
fn main() {}

#[cfg(unix)]
fn run() {}

#[cfg(not(unix))]
fn run() {}

#[cfg(unix)]
fn stop() {}
