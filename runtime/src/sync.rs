//! Locks, by a name that the models of `models/` give another meaning.

pub(crate) use std::sync::{Mutex, MutexGuard};
