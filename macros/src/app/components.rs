//! `components(…)`: the parts of an app, each with functions of its own.

use proc_macro::{Ident, Literal, TokenStream};

use super::args::{Args, PHASES, once, unknown_phase, written};
use super::values::phase;
use crate::errors::{Errors, Result, mistake};
use crate::grammar::{self, unexpected, word};
use crate::input::Input;
use crate::tokens::{ToTokens, code, here};
use crate::values::{Path, unraw};
use crate::vocabulary::has;

const EXAMPLE: &str = "database(start, stop), api(start, run, stop)";

/// A module or a type, and which of its functions are what.
pub(crate) struct Component {
    path: Path,
    functions: Vec<(Ident, TokenStream)>,
}

/// `(database(start, stop), cache(start, run = serve), Api)`
pub(super) fn list(input: &mut Input, key: &Ident, errors: &mut Errors) -> Result<Vec<Component>> {
    let mut components: Vec<Component> = Vec::new();
    grammar::nested(input, key, EXAMPLE, errors, |input, errors| {
        let component = Component::read(input, errors)?;
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

impl Component {
    fn read(input: &mut Input, errors: &mut Errors) -> Result<Self> {
        let help = format!("write a module or a type, with its functions: `{EXAMPLE}`");
        if !input.at_word() && !input.at("::") && !input.at("<") {
            return Err(unexpected(input, "a component", &help));
        }
        let path = grammar::whole_path(input, &help)?;
        let mut keys = Vec::new();
        let mut functions = Vec::new();
        if input.is_empty() || input.at(",") {
            for phase in PHASES.split(' ') {
                let key = Ident::new(phase, path.last.span());
                let function = inside(&path, &key);
                functions.push((key, function));
            }
            return Ok(Component { path, functions });
        }
        grammar::nested(
            input,
            &path.last,
            "start, run, stop",
            errors,
            |input, errors| {
                let key = word(input, "a phase", "the phases are `start`, `run`, `stop`")?;
                if !has(PHASES, &key.to_string()) {
                    return Err(unknown_phase(&key));
                }
                let help = "one function for each phase; call the others from it";
                once(&mut keys, &key, help, errors);
                let named = input.at("=");
                let function = phase(input, &key)?;
                let function = if named {
                    function.to_tokens()
                } else {
                    inside(&path, &key)
                };
                functions.push((key, function));
                Ok(())
            },
        )?;
        let component = Component { path, functions };
        if errors.is_empty()
            && component
                .function("start")
                .or(component.function("run"))
                .is_none()
        {
            let name = &component.path.last;
            let problem = format!("component `{name}` has neither `start` nor `run`");
            let help = format!("name what it does: `{name}(start, stop)`, or `{name}(run, stop)`");
            return Err(mistake(name, &problem, &help));
        }
        Ok(component)
    }

    pub(super) fn function(&self, phase: &str) -> Option<&TokenStream> {
        let mut functions = self.functions.iter();
        let found = functions.find(|(key, _)| key.to_string() == phase);
        found.map(|(_, function)| function)
    }

    pub(super) fn functions(&self) -> impl Iterator<Item = &TokenStream> {
        self.functions.iter().map(|(_, function)| function)
    }

    // Output, at the component's name:
    //     .with("cache", cache::start, serve, ::aplomb::__private::Absent)
    fn link(&self, hidden: &TokenStream) -> TokenStream {
        let name = &self.path.last;
        let at = here().located_at(name.span());
        let mut text = Literal::string(&unraw(name));
        text.set_span(at);
        let function = |phase| {
            let function = self.function(phase).cloned();
            function.unwrap_or_else(|| code!(here()=> #hidden::Absent))
        };
        let (start, run, stop) = (function("start"), function("run"), function("stop"));
        code!(at=> .with(#text, #start, #run, #stop))
    }
}

// Output, behind `::aplomb::__private::components(BODY)`:
//     .with("cache", cache::start, serve, ::aplomb::__private::Absent)
//     .on(::aplomb::signal::SIGHUP, reload)
//
// A chain, since each link is checked with what the ones before it make. The method of each is there, whatever is wrong
// with the functions in it.
pub(super) fn chain(args: &Args, library: &TokenStream, hidden: &TokenStream) -> Vec<TokenStream> {
    let components = args
        .components
        .iter()
        .map(|component| component.link(hidden));
    let on = args.on.iter().map(|(signal, function)| {
        let constant = code!(here()=> #library::signal::#signal);
        code!(here().located_at(signal.span())=> .on(#constant, #function))
    });
    components.chain(on).collect()
}

/// The function of that name in the module or the type.
fn inside(path: &Path, name: &Ident) -> TokenStream {
    let whole = path.to_tokens();
    // The span of a path is that of its last word where that comes from elsewhere: so rustc shows the function, and not
    // all from the component to it.
    let mut name = name.clone();
    name.set_span(here().located_at(name.span()));
    // A type with parameters needs brackets around it where a value is expected.
    if written(path).ends_with('>') {
        return code!(here()=> <#whole>::#name);
    }
    code!(here()=> #whole::#name)
}
