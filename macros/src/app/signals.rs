//! The names of signals. What an app may do with each is for the library to know: see [`checked`].

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::Result;

use crate::arguments::{has, nearest};
use crate::errors::mistake;

/// Those that the library has a constant for. A test compares the two.
const NAMES: &str = "SIGHUP SIGINT SIGQUIT SIGTERM SIGUSR1 SIGUSR2 SIGALRM SIGVTALRM SIGPROF SIGPIPE SIGIO SIGPWR \
                     SIGXCPU SIGXFSZ SIGCHLD SIGCONT SIGTSTP SIGTTIN SIGTTOU SIGURG SIGWINCH SIGABRT SIGBUS SIGFPE \
                     SIGILL SIGSEGV SIGSYS SIGTRAP SIGKILL SIGSTOP";

/// Refuses what is no name of a signal. rustc would find that too, but not what was meant.
pub(super) fn known(name: &Ident) -> Result<()> {
    let written = name.to_string();
    if has(NAMES, &written) {
        return Ok(());
    }
    let upper = written.to_uppercase();
    let short = upper.strip_prefix("SIG").unwrap_or(&upper);
    let help = match nearest(&format!("SIG{short}"), NAMES) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "signals have their POSIX names, such as `SIGTERM`".into(),
    };
    Err(mistake(name, &format!("unknown signal `{name}`"), &help))
}

// Output, for `check_shutdown_signal`:
//     const NUMBER_OF_SIGTERM: i32 = ::aplomb::signal::SIGTERM;
//     const SIGTERM: () = ::aplomb::__private::check_shutdown_signal(NUMBER_OF_SIGTERM);
//
// A constant that cannot be computed is an error of the compiler, which shows its name, at its place. So the second one is
// named and placed as the signal is. It is not the first one too, since whoever uses a constant that cannot be computed is
// shown as well. And an item it has to be: `cargo check` computes no `const { .. }`.
/// What has the library refuse the signal at compile time where it may not be what it is to be; and the constant with
/// its number.
pub(super) fn checked(name: &Ident, check: &str, library: &TokenStream) -> (TokenStream, Ident) {
    let here = Span::mixed_site();
    let at = here.located_at(name.span());
    let number = format_ident!("NUMBER_OF_{name}", span = at);
    let (check, word) = (Ident::new(check, at), Ident::new(&name.to_string(), at));
    // If the target has no such signal, that error is at the user's word.
    let path = quote_spanned!(here=> #library::signal::#name);
    let library = library.clone().into_iter().map(|mut token| {
        token.set_span(at);
        token
    });
    let library: TokenStream = library.collect();
    let call = quote_spanned!(at=> #library::__private::#check(#number));
    let constants = quote_spanned!(at=> const #number: i32 = #path; const #word: () = #call;);
    (constants, number)
}
