//! The error types that phases are tested with.

use std::error::Error;
use std::fmt::{self, Debug};

use crate::script::Failure;

pub(super) trait Fault: Debug + 'static {
    fn of(failure: Failure) -> Self;
}

impl Fault for Failure {
    fn of(failure: Failure) -> Self {
        failure
    }
}

impl Fault for aplomb::Cancelled {
    fn of(failure: Failure) -> Self {
        match failure {
            Failure::Cancelled(cancelled) => cancelled,
            Failure::Text(text) => panic!("{text:?} cannot be said by this type"),
        }
    }
}

/// One that cannot be printed.
pub(super) struct Unprintable;

impl Fault for Unprintable {
    fn of(_: Failure) -> Self {
        Self
    }
}

impl Debug for Unprintable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("unprintable")
    }
}

/// One that is never printed to the end.
pub(super) struct Endless;

impl Fault for Endless {
    fn of(_: Failure) -> Self {
        Self
    }
}

impl Debug for Endless {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            std::thread::park();
        }
    }
}

/// Several reports, of which the first says that something was lost.
#[derive(Debug)]
#[allow(dead_code, reason = "read by the derived Debug")]
pub(super) struct Several(Vec<anyhow::Error>);

impl Fault for Several {
    fn of(failure: Failure) -> Self {
        Self(vec![
            anyhow::anyhow!("the disk is full"),
            anyhow::Error::of(failure),
        ])
    }
}

/// The error itself goes into the box: what is looked for is `Cancelled`, not our wrapping.
macro_rules! boxed {
    ($($boxed:ty),*) => {$(
        impl Fault for $boxed {
            fn of(failure: Failure) -> Self {
                match failure {
                    Failure::Cancelled(cancelled) => cancelled.into(),
                    text @ Failure::Text(_) => text.into(),
                }
            }
        }
    )*};
}

boxed!(Box<dyn Error>, Box<dyn Error + Send + Sync>, anyhow::Error);
