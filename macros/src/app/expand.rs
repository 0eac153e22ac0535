//! What `#[app]` writes in the place of `main`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, ExprPath, Type};

use super::args::{Args, some};
use super::components::Component;
use super::systemd::Systemd;
use super::{check, here};
use crate::arguments::{PHASES, last_word, library_at};
use crate::function::Function;

// Input:
//     #[app(start, run = serve, on(SIGHUP = reload), drain = "5s")]
//     fn main() -> Result<Config, Error> { BODY }
//
// Output:
//     fn main() {
//         fn main() -> Result<Config, Error> { BODY }
//         ::aplomb::__private::main(
//             OPTIONS,
//             ::aplomb::__private::fallible(main),
//             start,
//             serve,
//             ::aplomb::__private::Absent,
//             ((NUMBER_OF_SIGHUP, reload), ()),
//         )
//     }
//
// Output for an `async fn main`:
//         ::aplomb::__private::main(
//             OPTIONS,
//             ::aplomb::__private::async_fallible(
//                 ::aplomb::__private::tokio_multi_thread(::core::option::Option::None),
//                 main,
//             ),
//             ..
//
// Output where a limit is no literal, as in `deadline = GRACE`:
//         let limits = LIMITS;
//         ::aplomb::__private::main(..
// What the user has written stands outside of the block that OPTIONS are, which has constants of its own.
//
// This is one call and not a chain of calls. In a chain rustc would report a wrong phase twice: once as itself, and
// once as the next method, which is not there.
pub(super) fn main(args: &Args, main: &Function) -> TokenStream {
    let at = here();
    let library = library_at(args.library.as_ref(), at);
    let hidden = quote_spanned!(at=> #library::__private);
    let options = options(args, &library, &hidden);
    let builder = builder(args, main, &hidden);
    let nested = nested(main);
    let call = if args.components.is_empty() {
        let phases = phases(args, &hidden);
        quote_spanned!(at=> main(#options, #builder, #phases))
    } else {
        let app = components(args, &builder, &library);
        quote_spanned!(at=> components_main(#options, #app))
    };
    let limits = computed_limits(args, &library);
    let content = quote_spanned!(at=> #nested #limits #hidden::#call);
    outer(args, main, &content)
}

// Output, of `limits = Config::limits, observe = log`, and likewise of `report = log`:
//     ::aplomb::__private::observe(::aplomb::__private::limits(BUILDER, Config::limits), log)
// and of `systemd`:
//     ::aplomb::__private::systemd(BUILDER, ::aplomb::systemd::Systemd::new())
/// The beginning of the app, to which the phases are added.
fn builder(args: &Args, main: &Function, hidden: &TokenStream) -> TokenStream {
    let mut builder = body(args, main, hidden);
    let functions = [
        ("limits", &args.change_limits),
        ("observe", &args.observe),
        ("report", &args.report),
    ];
    for (callee, function) in functions {
        let Some(path) = function else { continue };
        // The parentheses have the place of the function's name: otherwise rustc would show the whole attribute for a
        // wrong function.
        let place = last_word(path).map_or(here(), Ident::span);
        let arguments = quote_spanned!(place=> (#builder, #path));
        let callee = Ident::new(callee, here());
        builder = quote_spanned!(here()=> #hidden::#callee #arguments);
    }
    if let Some(systemd) = &args.systemd {
        let settings = systemd.settings(&library_at(args.library.as_ref(), here()));
        builder = quote_spanned!(here()=> #hidden::systemd(#builder, #settings));
    }
    builder
}

// Output, depending on `main`, such as one of these:
//     ::aplomb::__private::fallible(main)
//     ::aplomb::__private::async_no_body(::aplomb::__private::tokio_current_thread())
/// The executor and the body of `main`.
fn body(args: &Args, main: &Function, hidden: &TokenStream) -> TokenStream {
    let name = main.name();
    let has_body = has_body(main);
    let callee = match main.output().is_some_and(is_result) {
        _ if !has_body => "no_body",
        true => "fallible",
        false => "plain",
    };
    let body = has_body.then_some(name);
    if main.signature.asyncness.is_none() {
        let callee = Ident::new(callee, here());
        return quote_spanned!(here()=> #hidden::#callee(#body));
    }
    // If the body of an `async fn main` returns a wrong type, rustc shows this call, so it has the place of the name
    // `main`.
    let at = here().located_at(name.span());
    let (library, callee) = (
        library_at(args.library.as_ref(), at),
        format_ident!("async_{callee}", span = at),
    );
    let executor = executor(args, hidden);
    let arguments = body.map_or_else(
        || executor.clone(),
        |body| quote_spanned!(at=> #executor, #body),
    );
    quote_spanned!(at=> #library::__private::#callee(#arguments))
}

// Output, depending on the arguments, one of these:
//     ::aplomb::__private::tokio_multi_thread(::core::option::Option::Some(4))
//     ::aplomb::__private::tokio_current_thread()
//     ::aplomb::__private::runtime(build)
//     ::aplomb::__private::block_on(smol::block_on)
fn executor(args: &Args, hidden: &TokenStream) -> TokenStream {
    let at = here();
    let of_function = |name: &str, path: &ExprPath| {
        let callee = Ident::new(name, at);
        // The parentheses have the place of the function's name: otherwise rustc would show the whole attribute for a
        // wrong function.
        let place = last_word(path).map_or(at, Ident::span);
        let argument = quote_spanned!(place=> (#path));
        quote_spanned!(at=> #hidden::#callee #argument)
    };
    if let Some(path) = &args.block_on {
        return of_function("block_on", path);
    }
    if let Some(path) = &args.runtime {
        return of_function("runtime", path);
    }
    if args.current_thread {
        return quote_spanned!(at=> #hidden::tokio_current_thread());
    }
    let threads = args
        .worker_threads
        .as_ref()
        .map_or_else(|| quote_spanned!(at=> ::core::option::Option::None), some);
    quote_spanned!(at=> #hidden::tokio_multi_thread(#threads))
}

// Output:
//     start, serve, ::aplomb::__private::Absent, ((NUMBER_OF_SIGHUP, reload), ())
fn phases(args: &Args, hidden: &TokenStream) -> TokenStream {
    let phases = PHASES.split(' ').map(|phase| {
        let function = args.phase(phase).map(ToTokens::to_token_stream);
        function.unwrap_or_else(|| quote_spanned!(here()=> #hidden::Absent))
    });
    let mut on = quote_spanned!(here()=> ());
    for (signal, function) in args.on.iter().rev() {
        let constant = with_function(args, signal);
        // The parentheses have the place of the signal: otherwise rustc would show the whole attribute for a wrong
        // function.
        on = quote_spanned!(signal.span()=> ((#constant, #function), #on));
    }
    quote_spanned!(here()=> #(#phases,)* #on)
}

// Output, of `components(cache(start, run = serve)), on(SIGHUP = reload)`, where `APP` is the type
// `<::aplomb::App<_>>`:
//     APP::on::<>(
//         APP::with::<>(
//             BUILDER.components(),
//             "cache",
//             cache::start,
//             serve,
//             ::aplomb::__private::Absent,
//         ),
//         NUMBER_OF_SIGHUP,
//         reload,
//     )
//
// One call stands around the other, since the type of each app contains what the components before have made. The calls
// are not written as methods. For a wrong type rustc shows the word of a method, which would have to have the place of
// the component's name; and then an editor would take the method for a meaning of that name.
fn components(args: &Args, builder: &TokenStream, library: &TokenStream) -> TokenStream {
    let app = quote_spanned!(here()=> <#library::App<_>>);
    let mut all = quote_spanned!(here()=> #builder.components());
    for component in &args.components {
        let arguments = component.arguments(library);
        let arguments = quote_spanned!(here()=> #all, #arguments);
        let callee = quote_spanned!(here()=> #app::with);
        all = call_at(component.name.span(), callee, &arguments);
    }
    for (signal, function) in &args.on {
        let constant = with_function(args, signal);
        let arguments = quote_spanned!(here()=> #all, #constant, #function);
        let callee = quote_spanned!(here()=> #app::on);
        all = call_at(signal.span(), callee, &arguments);
    }
    all
}

// Output, for `check_shutdown_signal`:
//     const NUMBER_OF_SIGTERM: i32 = ::aplomb::signal::SIGTERM;
//     const SIGTERM: () = ::aplomb::__private::check_shutdown_signal::<>(NUMBER_OF_SIGTERM);
//
// The second constant makes the check. If it panics, rustc shows the name of the constant and the call in it. So the
// constant is named as the signal is, and the call has the place of the signal. The number is a constant of its own,
// since rustc also shows each use of a constant that cannot be computed, and the number is used elsewhere. Both are
// items, since `cargo check` does not compute a `const { .. }` block.
/// Two constants, and the name of the first one, which is the number of the signal. The other one has the library check
/// at compile time that the signal may have this role: `check` is the function for that.
fn checked(args: &Args, name: &Ident, check: &str) -> (TokenStream, Ident) {
    let number = format_ident!("NUMBER_OF_{name}", span = here());
    let (check, word) = (
        Ident::new(check, here()),
        Ident::new(&name.to_string(), here()),
    );
    // The name keeps the user's span: if the target has no such signal, rustc shows the error there.
    let library = library_at(args.library.as_ref(), here());
    let path = quote_spanned!(here()=> #library::signal::#name);
    let callee = quote_spanned!(here()=> #library::__private::#check);
    let call = call_at(name.span(), callee, &quote_spanned!(here()=> #number));
    let constants = quote_spanned!(here()=> const #number: i32 = #path; const #word: () = #call;);
    (constants, number)
}

// Output:
//     ::aplomb::__private::check_shutdown_signal::<>(NUMBER_OF_SIGTERM)
//
// What rustc shows of a call goes from the first token of its path to the end of its arguments. These tokens have the
// span `place`. The words between them have not, since an editor would take each of them for a meaning of the user's
// word.
pub(super) fn call_at(place: Span, callee: TokenStream, arguments: &TokenStream) -> TokenStream {
    let at = here().located_at(place);
    let callee = callee.into_iter().enumerate().map(|(index, mut token)| {
        // The signs of `::` are two tokens here. A word at the beginning, from `crate = path`, keeps the user's span.
        if index < 2 && matches!(token, TokenTree::Punct(_)) {
            token.set_span(at);
        }
        token
    });
    let callee: TokenStream = callee.collect();
    let end = quote_spanned!(at=> ::<>(#arguments));
    quote_spanned!(here()=> #callee #end)
}

// Output:
//     {
//         const NUMBER_OF_SIGHUP: i32 = ::aplomb::signal::SIGHUP;
//         const SIGHUP: () = ::aplomb::__private::check_signal_with_function::<>(NUMBER_OF_SIGHUP);
//         NUMBER_OF_SIGHUP
//     }
fn with_function(args: &Args, signal: &Ident) -> TokenStream {
    let (constants, number) = checked(args, signal, "check_signal_with_function");
    quote_spanned!(here()=> { #constants #number })
}

// Output, of `drain = "5s"`:
//     {
//         let mut limits = ::aplomb::Limits::NONE;
//         limits.drain = ::core::option::Option::Some(::core::time::Duration::from_millis(5000));
//         limits
//     }
fn limits(args: &Args, library: &TokenStream) -> TokenStream {
    let limits = &args.limits;
    quote_spanned!(here()=> { let mut limits = #library::Limits::NONE; #limits limits })
}

// Output, of `drain = drain_time()`:
//     let limits = LIMITS;
fn computed_limits(args: &Args, library: &TokenStream) -> Option<TokenStream> {
    args.computes_limits.then(|| {
        let limits = limits(args, library);
        quote_spanned!(here()=> let limits = #limits;)
    })
}

// Output, of `signals(SIGTERM), drain = "5s", deadline = "25s"`:
//     {
//         const NUMBER_OF_SIGTERM: i32 = ::aplomb::signal::SIGTERM;
//         const SIGTERM: () = ::aplomb::__private::check_shutdown_signal::<>(NUMBER_OF_SIGTERM);
//         #[allow(clippy::needless_update)]
//         const OPTIONS: ::aplomb::__private::Options = ::aplomb::__private::Options {
//             signals: &[NUMBER_OF_SIGTERM],
//             ..
//         };
//         const drain: () = ::aplomb::__private::Options::check_drain::<>(&OPTIONS);
//         OPTIONS
//     }
//
// Where a limit is no literal, nothing is known of the limits at compile time. They are added to the constant, in place
// of the last line: `::aplomb::__private::Options { limits, ..OPTIONS }`.
//
// The library has to check these options anyway, for apps that are made by hand. Here it does so at compile time, and
// an error is shown at the word that is wrong. The block keeps the names of the constants apart from the user's names.
fn options(args: &Args, library: &TokenStream, hidden: &TokenStream) -> TokenStream {
    let (mut checks, mut fields) = (TokenStream::new(), args.fields.clone());
    if !args.signals.is_empty() {
        let signals = args.signals.iter().map(|signal| {
            let (constants, number) = checked(args, signal, "check_shutdown_signal");
            checks.extend(constants);
            number
        });
        let signals: Vec<_> = signals.collect();
        fields.extend(quote_spanned!(here()=> signals: &[#(#signals),*],));
    }
    if let Some(variant) = &args.exit {
        fields.extend(quote_spanned!(here()=> exit: #library::ExitPolicy::#variant,));
    }
    let default = quote_spanned!(here()=> #hidden::Options::DEFAULT);
    if !args.limits.is_empty() && !args.computes_limits {
        let limits = limits(args, library);
        fields.extend(quote_spanned!(here()=> limits: #limits,));
    }
    let add_limits = |to: TokenStream| {
        if args.computes_limits {
            quote_spanned!(here()=> #hidden::Options { limits, ..#to })
        } else {
            to
        }
    };
    if fields.is_empty() {
        return add_limits(default);
    }
    let options = quote_spanned!(here()=> #hidden::Options { #fields ..#default });
    let mut contradictions = TokenStream::new();
    let of_limits: &[_] = if args.computes_limits {
        &[]
    } else {
        &["drain", "grace"]
    };
    let keys = of_limits.iter().chain(&["force_after", "reap_orphans"]);
    for key in keys.filter_map(|key| args.key(key)) {
        let word = Ident::new(&key.to_string(), here());
        let check = format_ident!("check_{key}", span = here());
        let callee = quote_spanned!(here()=> #hidden::Options::#check);
        let functions = (key == "force_after").then(|| {
            let functions = args
                .on
                .iter()
                .map(|(signal, _)| quote_spanned!(here()=> #library::signal::#signal));
            quote_spanned!(here()=> , &[#(#functions),*])
        });
        let arguments = quote_spanned!(here()=> &OPTIONS #functions);
        let call = call_at(key.span(), callee, &arguments);
        contradictions.extend(quote_spanned!(here()=> const #word: () = #call;));
    }
    if checks.is_empty() && contradictions.is_empty() {
        if args.computes_limits {
            return quote_spanned!(here()=> #hidden::Options { #fields limits, ..#default });
        }
        return options;
    }
    let value = add_limits(quote_spanned!(here()=> OPTIONS));
    quote_spanned!(here()=> {
        #checks
        #[allow(clippy::needless_update)]
        const OPTIONS: #hidden::Options = #options;
        #contradictions
        #value
    })
}

// Input:
//     #[app(start, runn)]
//     async fn main() { BODY }
//
// Output:
//     ::core::compile_error! { .. }
//     fn main() {
//         #[allow(dead_code)]
//         async fn main() { BODY }
//         let _ = (start, OPTIONS);
//     }
//
// Without a `main`, or with phases that nothing uses, rustc would add errors and warnings of its own. And with the body
// in place an editor goes on understanding it.
pub(super) fn fallback(args: &Args, main: &Function, errors: &TokenStream) -> TokenStream {
    let hints = &args.hints;
    if main.name().unraw() != "main" {
        let Function {
            visibility,
            signature,
            ..
        } = main;
        let attributes = kept(main);
        let body = match main.semicolon {
            Some(_) => quote_spanned!(Span::call_site()=> { #hints loop {} }),
            None => main.body_after(hints),
        };
        return quote_spanned!(here()=> #(#attributes)* #visibility #signature #body #errors);
    }
    let named = args.phases.iter().chain(&args.on);
    let named = named.map(|(_, function)| function.to_token_stream());
    let functions = args.components.iter().flat_map(Component::functions);
    let others = args.change_limits.iter().chain(&args.observe);
    let others = others.chain(&args.report).map(ToTokens::to_token_stream);
    let of_systemd = args.systemd.iter().flat_map(Systemd::named);
    let known = named
        .chain(functions.cloned())
        .chain(others)
        .chain(of_systemd);
    let nested = nested(main).map(|nested| quote_spanned!(here()=> #[allow(dead_code)] #nested));
    let library = library_at(args.library.as_ref(), here());
    let options = options(
        args,
        &library,
        &quote_spanned!(here()=> #library::__private),
    );
    let on = args
        .on
        .iter()
        .map(|(signal, _)| with_function(args, signal));
    let limits = computed_limits(args, &library);
    let content = quote_spanned!(here()=> #nested #limits let _ = (#(#known,)* #(#on,)* #options););
    let main = outer(args, main, &content);
    quote_spanned!(here()=> #main #errors)
}

/// `fn main() { content }`, with the user's attributes, visibility and braces.
fn outer(args: &Args, main: &Function, content: &TokenStream) -> TokenStream {
    let (attributes, visibility, name) = (kept(main), &main.visibility, main.name());
    let hints = &args.hints;
    let block = main.braces(quote_spanned!(here()=> #hints #content));
    let head = quote_spanned!(name.span()=> fn #name());
    quote_spanned!(here()=> #(#attributes)* #visibility #head #block)
}

/// The attributes of `main`, without those that may not stand here, which are reported as mistakes.
fn kept(main: &Function) -> Vec<&Attribute> {
    let attributes = main.attributes.iter();
    attributes
        .filter(|attribute| check::attribute(attribute, true).is_ok())
        .collect()
}

/// The user's `main`, if it has a body, as a function inside the `main` that is written. The attributes and the
/// visibility are those of the outer one alone.
fn nested(main: &Function) -> Option<TokenStream> {
    let (signature, body) = (&main.signature, main.body());
    has_body(main).then(|| quote_spanned!(here()=> #signature #body))
}

/// Whether there is a body to be called. `fn main() {}` means the same as `fn main();`, and is syntax that every editor
/// knows.
fn has_body(main: &Function) -> bool {
    main.semicolon.is_none() && (!main.is_empty() || main.output().is_some())
}

/// Whether the type is a path whose last word ends in `Result`, as in `anyhow::Result<Config>`.
///
/// An attribute sees no types, so an alias with another name is not recognised. Then the value of the body is the
/// `Result` itself, and a `start` that asks for what is in it is refused, with both types in the message.
fn is_result(ty: &Type) -> bool {
    match ty {
        Type::Path(ty) => {
            let last = ty.path.segments.last();
            last.is_some_and(|last| last.ident.to_string().ends_with("Result"))
        }
        Type::Group(group) => is_result(&group.elem),
        _ => false,
    }
}
