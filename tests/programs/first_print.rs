//! An app that forks while another thread makes the standard library's standard output, which happens where that is
//! used first. The child leaves by `std::process::exit`, which looks for it.

#[cfg(unix)]
#[path = "first_print/app.rs"]
mod app;

fn main() {
    #[cfg(unix)]
    app::main();
}
