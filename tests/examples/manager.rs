//! Jobs, threads and processes: each job is answered, each process ends with the manager.

mod jobs;
mod service;
mod starting;
mod stopping;
mod unruly;
mod workers;
