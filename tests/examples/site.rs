//! A builder of sites, with a tool in each build and a server beside it: however it ends, the site is whole, and
//! nothing of it is left.

mod app;
mod bad_start;
mod building;
mod client;
mod idle;
mod killed;
mod lost;
mod moments;
mod place;
mod scripts;
mod serving;
mod stopping;
mod terminal;
mod whole;
