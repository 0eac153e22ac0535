//! `#[shielded]`: the body of a function as the one arm of a `match` that holds the shield.

mod check;

use proc_macro::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};

use crate::errors::{Errors, Result, mistake};
use crate::grammar;
use crate::input::Input;
use crate::item::{Body, Function};
use crate::tokens::{ToTokens, code};
use crate::values::{Path, Text, unraw};

#[derive(Default)]
struct Args {
    keys: Vec<String>,
    name: Option<Literal>,
    inline: Option<Ident>,
    library: Option<Path>,
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::new();
    let mut args = Args::default();
    grammar::list(arguments, &mut errors, |input, _| args.argument(input));

    let parsed = Function::parse(item.clone());
    match &parsed {
        Ok(function) => check::function(&args, function, &mut errors),
        Err(token) => errors.take(Err(check::not_a_function(token.as_ref()))),
    }
    match (errors.finish(), &parsed) {
        (Ok(()), Ok(function)) => shielded(&args, function),
        // The item as it is, without shields: an editor goes on understanding it, and rustc has
        // nothing to add. A block or a closure would follow the error as a part of its expression.
        (Err(errors), Ok(function)) => {
            let attributes = function.attributes.iter();
            let attributes: Vec<_> = attributes.filter(|it| !it.is("shielded")).collect();
            let Function {
                visibility,
                signature,
                body,
                ..
            } = function;
            code!(Span::call_site()=> #errors #attributes #visibility #signature #body)
        }
        (Err(mut errors), Err(Some(TokenTree::Ident(_)))) => {
            errors.extend(item);
            errors
        }
        (errors, _) => errors.err().unwrap_or_default(),
    }
}

impl Args {
    fn argument(&mut self, input: &mut Input) -> Result {
        if let Some(name) = input.first().and_then(Text::of) {
            let help = format!("write `name = {}`", name.literal);
            return Err(mistake(&name, "expected an option, found a string", &help));
        }
        let key = grammar::word(input, "an option", "write `name = \"commit\"`")?;
        let written = key.to_string();
        if self.keys.contains(&written) {
            let help = "remove one of the two";
            return Err(mistake(&key, &format!("duplicate `{key}`"), help));
        }
        self.keys.push(written.clone());
        match &*written {
            "name" => {
                let name = grammar::text(input, &key, "commit")?;
                if name.value.trim().is_empty() {
                    let help = "leave it out for the name of the function";
                    return Err(mistake(&name, "this name is empty", help));
                }
                self.name = Some(name.literal);
            }
            "crate" => self.library = Some(grammar::library(input, &key)?),
            "inline" => self.inline = Some(key),
            other => {
                let help = if other.starts_with("SIG") {
                    "write `#[shielded]`; the signals are set once, on `#[app]`"
                } else {
                    "the options are `name = \"..\"` and `crate = path`"
                };
                let problem = format!("unknown argument `{key}`");
                return Err(mistake(&key, &problem, help));
            }
        }
        Ok(())
    }
}

// Input:
//     #[shielded]
//     fn commit(&self, batch: Batch) -> Result<(), Error> { #![allow(..)] BODY }
//
// Output:
//     #[allow(..)]
//     fn commit(&self, batch: Batch) -> Result<(), Error> {
//         match ::aplomb::shield("commit") {
//             _shield => { BODY }
//         }
//     }
//
// Why an arm: it is a coercion site with the expected type, so that a body means in it what it
// means alone; its temporaries end before the shield does, in every edition; `return`, `?` and
// `!` need nothing; and no lint has anything to say about it.
fn shielded(args: &Args, function: &Function) -> TokenStream {
    let Function {
        attributes,
        visibility,
        name,
        signature,
        ..
    } = function;
    let (inner, body) = without_inner_attributes(&function.body);
    // `#[track_caller]` finds the place of a call by its first and last token: with these three
    // at the function's name, the shield is known by that place and not by the attribute's. The
    // rest is ours, which keeps `unused_qualifications` away.
    let (here, there) = (Span::mixed_site(), name.span());
    let library = args.library.as_ref().map_or_else(
        || {
            let root = code!(there=> ::);
            code!(here=> #root aplomb)
        },
        ToTokens::to_tokens,
    );
    let shield = Ident::new("shield", there);
    let label = args.name.clone();
    let mut label = label.unwrap_or_else(|| Literal::string(&unraw(name)));
    label.set_span(here);
    let mut label = Group::new(Delimiter::Parenthesis, label.to_tokens());
    label.set_span(there);
    // Both pairs of braces are the user's. Braces of ours would hide the body from `dead_code`,
    // and give it the drop order of the edition of this crate.
    let arm = code!(here=> match #library::#shield #label { _shield => #body });
    let mut block = Group::new(Delimiter::Brace, arm);
    block.set_span(body.span());
    code!(here=> #attributes #inner #visibility #signature #block)
}

/// `{ #![allow(..)] BODY }` as `#[allow(..)]` and `{ BODY }`: an arm has no inner attributes.
fn without_inner_attributes(body: &Body) -> (Vec<TokenTree>, Group) {
    let body = match body {
        Body::Block(block) => block.clone(),
        Body::Missing(semicolon) => Group::new(Delimiter::Brace, semicolon.to_tokens()),
    };
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut rest = tokens.as_slice();
    let mut attributes: Vec<TokenTree> = Vec::new();
    while let [
        TokenTree::Punct(pound),
        TokenTree::Punct(bang),
        content,
        left @ ..,
    ] = rest
    {
        if (pound.as_char(), bang.as_char()) != ('#', '!') {
            break;
        }
        attributes.extend([pound.clone().into(), content.clone()]);
        rest = left;
    }
    let mut block = Group::new(Delimiter::Brace, rest.iter().cloned().collect());
    block.set_span(body.span());
    (attributes, block)
}
