//! What an `async fn main` runs on: three arguments, and what is made of them.

use proc_macro::{Ident, Literal, TokenStream};

use crate::errors::{Result, mistake};
use crate::grammar;
use crate::input::Input;
use crate::tokens::{code, here, some};
use crate::values::{Path, Text};
use crate::vocabulary::nearest;

const FLAVORS: &str = "multi_thread current_thread";
const CURRENT_THREAD: &str = "current_thread";

/// The values of the three; their keys are in `Args`.
#[derive(Default)]
pub(super) struct Executor {
    flavor: Option<Text>,
    worker_threads: Option<Literal>,
    block_on: Option<Path>,
}

impl Executor {
    pub(super) fn argument(&mut self, input: &mut Input, key: &Ident) -> Result {
        match &*key.to_string() {
            "flavor" => self.flavor = Some(flavor(input, key)?),
            "worker_threads" => self.worker_threads = Some(worker_threads(input, key)?),
            _ => self.block_on = Some(grammar::function(input, key)?),
        }
        Ok(())
    }

    pub(super) fn is_current_thread(&self) -> bool {
        let flavor = self.flavor.as_ref();
        flavor.is_some_and(|flavor| flavor.value == CURRENT_THREAD)
    }

    // Output, each where it was asked for:
    //     ::aplomb::__private::tokio_multi_thread(::core::option::Option::Some(4))
    //     ::aplomb::__private::tokio_current_thread()
    //     ::aplomb::__private::block_on(smol::block_on)
    pub(super) fn written(&self, hidden: &TokenStream) -> TokenStream {
        if let Some(path) = &self.block_on {
            // With parentheses of ours, rustc would show the whole attribute for a wrong function.
            let at = path.last.span();
            let argument = code!(at=> (#path));
            return code!(here()=> #hidden::block_on #argument);
        }
        if self.is_current_thread() {
            return code!(here()=> #hidden::tokio_current_thread());
        }
        let threads = self.worker_threads.as_ref();
        let threads = threads.map_or_else(
            || code!(here()=> ::core::option::Option::None),
            |it| some(it),
        );
        code!(here()=> #hidden::tokio_multi_thread(#threads))
    }
}

/// `= "multi_thread"` or `= "current_thread"`
fn flavor(input: &mut Input, key: &Ident) -> Result<Text> {
    let text = grammar::text(input, key, CURRENT_THREAD)?;
    if FLAVORS.split(' ').any(|known| known == text.value) {
        return Ok(text);
    }
    let help = match nearest(&text.value, FLAVORS) {
        Some(known) => format!("did you mean `\"{known}\"`?"),
        None => "write `\"multi_thread\"` (the default) or `\"current_thread\"`".into(),
    };
    let problem = format!("unknown flavor {}", text.literal);
    Err(mistake(&text, &problem, &help))
}

/// `= 4`
fn worker_threads(input: &mut Input, key: &Ident) -> Result<Literal> {
    grammar::equals(input, key, "4")?;
    let help = "write how many threads there shall be, a number from 1 to 65535, or leave it out \
                for one for each core";
    let (number, written) = grammar::number(input, help)?;
    let Ok(count @ 1..) = written.replace('_', "").parse::<u16>() else {
        let problem = format!("`{written}` is out of range");
        return Err(mistake(&number, &problem, help));
    };
    let mut literal = Literal::u16_unsuffixed(count);
    literal.set_span(here());
    Ok(literal)
}
