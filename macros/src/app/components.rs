//! `components(…)`: the parts of an app, each with functions of its own.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{ExprPath, PathArguments, Result, Token};

use crate::arguments::{
    PHASES, at_end, at_path, nested, once, path, phase, phase_word, unexpected,
};
use crate::errors::{Errors, mistake};
use crate::function::written;

const EXAMPLE: &str = "database(start, stop), api(start, run, stop)";

/// One element of `components(…)`.
pub(super) struct Component {
    /// The path to a module or a type.
    path: ExprPath,
    /// The last word of the path.
    pub(super) name: Ident,
    /// The component's phases: the key of each, and its function.
    functions: Vec<(Ident, TokenStream)>,
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
        nested(input, &name, "start, run, stop", errors, |input, _| {
            let key = phase_word(input, "the phases are `start`, `run`, `stop`")?;
            let help = "one function for each phase; call the others from it";
            once(&mut keys, &key, help)?;
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
        Ok(component)
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

    // Output:
    //     "cache", cache::start, serve, ::aplomb::__private::Absent
    pub(super) fn arguments(&self, hidden: &TokenStream) -> TokenStream {
        let here = Span::mixed_site();
        let at = here.located_at(self.name.span());
        let mut text = Literal::string(&self.name.unraw().to_string());
        text.set_span(at);
        let functions = PHASES.split(' ').map(|phase| {
            let function = self.function(phase).cloned();
            function.unwrap_or_else(|| quote_spanned!(here=> #hidden::Absent))
        });
        quote_spanned!(here=> #text #(, #functions)*)
    }
}
