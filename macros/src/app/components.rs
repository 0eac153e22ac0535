//! `components(…)`: the parts of an app, each with functions of its own.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, ExprPath, PathArguments, Result, Token};

use super::args::{Length, length};
use super::expand::call_at;
use crate::arguments::{
    PHASES, at_end, at_path, flag, has, meant, nested, once, path, phase, phase_word, unexpected,
    word,
};
use crate::errors::{Errors, mistake};
use crate::function::written;

const EXAMPLE: &str = "database(start, stop), api(start, run, stop)";

/// What may stand in the list of a component.
const KEYS: &str =
    "the phases are `start`, `run`, `stop`, and the options are `timeout(stop = ..)`, `optional`";

/// One element of `components(…)`.
pub(super) struct Component {
    /// The path to a module or a type.
    path: ExprPath,
    /// The last word of the path.
    pub(super) name: Ident,
    /// The component's phases: the key of each, and its function.
    functions: Vec<(Ident, TokenStream)>,
    /// The word `optional`, if it is there.
    optional: Option<Ident>,
    /// The limit of its `stop`, in `timeout(stop = "5s")`, and that word `stop`.
    limit: Option<(Ident, Length)>,
}

impl Component {
    /// `(database(start, stop), cache(start, run = serve), Api)`
    pub(super) fn list(input: ParseStream, key: &Ident, errors: &mut Errors) -> Result<Vec<Self>> {
        let mut components: Vec<Self> = Vec::new();
        nested(input, key, EXAMPLE, errors, |input, errors| {
            let component = Self::read(input, errors)?;
            let name = written(&component.path);
            if components.iter().any(|known| written(&known.path) == name) {
                let problem = format!("duplicate component `{name}`");
                errors.add(&component.path, &problem, "remove one of the two");
            }
            components.push(component);
            Ok(())
        })?;
        Ok(components)
    }

    fn read(input: ParseStream, errors: &mut Errors) -> Result<Self> {
        let help = format!("write a module or a type, with its functions: `{EXAMPLE}`");
        if !at_path(input) {
            return Err(unexpected(input, "a component", &help));
        }
        let mut path = path(input, &help)?;
        let incomplete = mistake(&path, "this path is not complete", &help);
        let last = path.path.segments.last_mut().ok_or(incomplete)?;
        // `Api<Tcp>` is a type. `path` reads paths to values, where such a `<` would be a comparison.
        if input.peek(Token![<]) {
            last.arguments = PathArguments::AngleBracketed(input.parse()?);
        }
        let name = last.ident.clone();
        let mut component = Self {
            path,
            name,
            functions: Vec::new(),
            optional: None,
            limit: None,
        };
        if at_end(input) {
            for phase in PHASES.split(' ') {
                let key = Ident::new(phase, component.name.span());
                let function = component.inside(&key);
                component.functions.push((key, function));
            }
            return Ok(component);
        }
        let mut keys = Vec::new();
        let name = component.name.clone();
        nested(input, &name, "start, run, stop", errors, |input, errors| {
            let key = word(input, "a phase or an option", KEYS)?;
            let help = match &*key.to_string() {
                "optional" | "timeout" => "remove one of the two",
                name if has(PHASES, name) => "one function for each phase; call the others from it",
                _ => return Err(unknown(&key)),
            };
            once(&mut keys, &key, help)?;
            if key == "optional" {
                flag(input, &key)?;
                component.optional = Some(key);
                return Ok(());
            }
            if key == "timeout" {
                return component.limit(input, &key, errors);
            }
            let is_named = input.peek(Token![=]);
            let named = phase(input, &key)?.into_token_stream();
            let function = if is_named {
                named
            } else {
                component.inside(&key)
            };
            component.functions.push((key, function));
            Ok(())
        })?;
        let works = component.function("start").or(component.function("run"));
        if errors.is_empty() && works.is_none() {
            let problem = format!("component `{name}` has neither `start` nor `run`");
            let help = format!("name what it does: `{name}(start, stop)`, or `{name}(run, stop)`");
            return Err(mistake(name, &problem, &help));
        }
        if let (Some(word), None) = (&component.optional, component.function("run")) {
            let problem = format!("component `{name}` has no `run`, so it does not end the app");
            let help = "remove `optional`, or name its `run`: an optional one may end while the others go on";
            errors.add(word, &problem, help);
        }
        if let (Some((word, _)), None) = (&component.limit, component.function("stop")) {
            let problem = format!("component `{name}` has no `stop` to limit");
            errors.add(word, &problem, "name the function, or remove the limit");
        }
        Ok(component)
    }

    /// `timeout(stop = "5s")`
    fn limit(&mut self, input: ParseStream, key: &Ident, errors: &mut Errors) -> Result<()> {
        nested(input, key, "stop = \"5s\"", errors, |input, _| {
            let phase = phase_word(input, "write `timeout(stop = \"5s\")`")?;
            if phase != "stop" {
                let problem = format!("the `{phase}` of one component has no limit of its own");
                let help = format!(
                    "`timeout({phase} = ..)` beside `components(..)` limits those of all together"
                );
                return Err(mistake(phase, &problem, &help));
            }
            if self.limit.is_some() {
                return Err(mistake(phase, "duplicate `stop`", "remove one of the two"));
            }
            let length = length(input, &phase, "for no limit")?;
            self.limit = Some((phase, length));
            Ok(())
        })
    }

    pub(super) fn function(&self, phase: &str) -> Option<&TokenStream> {
        let found = self.functions.iter().find(|(key, _)| key == phase);
        found.map(|(_, function)| function)
    }

    pub(super) fn functions(&self) -> impl Iterator<Item = &TokenStream> {
        self.functions.iter().map(|(_, function)| function)
    }

    /// The function of that name in the module or the type.
    fn inside(&self, name: &Ident) -> TokenStream {
        let (here, whole) = (Span::mixed_site(), &self.path);
        // rustc shows a path from its first word to its last. But if the last word comes from a macro and the others do
        // not, rustc shows that word alone. So it shows the function that is wrong, and not the whole path to it.
        let mut name = name.clone();
        name.set_span(here.located_at(name.span()));
        let last = whole.path.segments.last().map(|last| &last.arguments);
        // Where a value is expected, a type with parameters needs brackets around it: `<Api<Tcp>>::start`.
        if last.is_some_and(|arguments| !arguments.is_none()) {
            return quote_spanned!(here=> <#whole>::#name);
        }
        quote_spanned!(here=> #whole::#name)
    }

    // Output, of `cache(start, run = serve)`, `log(start, stop, timeout(stop = "5s"))` and `metrics(run, optional)`:
    //     "cache", cache::start, serve, ::aplomb::__private::Absent
    //     "log", log::start, ::aplomb::__private::Absent, ::aplomb::component::timeout::<>(Duration, log::stop)
    //     ::aplomb::component::Component::new("metrics").optional(), ::aplomb::__private::Absent, ..
    pub(super) fn arguments(&self, library: &TokenStream) -> TokenStream {
        let here = Span::mixed_site();
        let at = here.located_at(self.name.span());
        let mut text = Literal::string(&self.name.unraw().to_string());
        text.set_span(at);
        let hidden = quote_spanned!(here=> #library::__private);
        let functions = PHASES.split(' ').map(|phase| {
            let function = self.function(phase).cloned();
            match (function, &self.limit) {
                (Some(function), Some((_, length))) if phase == "stop" => {
                    let word = self.functions.iter().find(|(key, _)| key == phase);
                    let place = word.map_or(here, |(key, _)| key.span());
                    let callee = quote_spanned!(here=> #library::component::timeout);
                    call_at(place, callee, &quote_spanned!(here=> #length, #function))
                }
                (Some(function), _) => function,
                (None, _) => quote_spanned!(here=> #hidden::Absent),
            }
        });
        let mut component = text.into_token_stream();
        if self.optional.is_some() {
            component =
                quote_spanned!(here=> #library::component::Component::new(#component).optional());
        }
        quote_spanned!(here=> #component #(, #functions)*)
    }
}

/// The mistake of a word in the list of a component that is neither a phase nor an option.
fn unknown(word: &Ident) -> Error {
    let help = meant(
        &word.to_string(),
        &format!("{PHASES} timeout optional"),
        KEYS,
    );
    mistake(word, &format!("unknown phase or option `{word}`"), &help)
}
