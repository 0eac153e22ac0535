//! One process for each client: none is left behind, none is a zombie, none is cut in its answer.

mod clients;
mod server;
mod starting;
mod statuses;
mod stopping;
