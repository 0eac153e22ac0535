//! The argument `systemd`: what the service manager is told beside what it is always told.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ExprPath;
use syn::Result;
use syn::parse::ParseStream;

use super::args::{Length, length};
use super::expand::call_at;
use super::here;
use crate::arguments::{at_end, function, has, last_word, meant, nested, once, text, word};
use crate::errors::{Errors, mistake};

const KEYS: &str = "check extend ready";

#[derive(Default)]
pub(super) struct Systemd {
    /// The check of the watchdog.
    check: Option<ExprPath>,
    /// How long a start and a stop may take.
    extend: Option<Length>,
    is_announced: bool,
}

impl Systemd {
    /// `systemd`, or `systemd(check = is_healthy, extend = "5m", ready = "announced")`
    pub(super) fn read(input: ParseStream, key: &Ident, errors: &mut Errors) -> Result<Self> {
        let mut systemd = Self::default();
        if at_end(input) {
            return Ok(systemd);
        }
        let mut seen = Vec::new();
        let example = "check = is_healthy, extend = \"5m\"";
        nested(input, key, example, errors, |input, _| {
            let help = format!("write `{key}({example})`");
            let word = word(input, "an option of `systemd`", &help)?;
            let name = word.to_string();
            if !has(KEYS, &name) {
                let help = meant(&name, KEYS, "the options are `check`, `extend`, `ready`");
                let problem = format!("unknown option `{word}`");
                return Err(mistake(word, &problem, &help));
            }
            once(&mut seen, &word, "remove one of the two")?;
            systemd.option(&name, input, &word)
        })?;
        Ok(systemd)
    }

    fn option(&mut self, name: &str, input: ParseStream, key: &Ident) -> Result<()> {
        match name {
            "check" => self.check = Some(function(input, key)?),
            "extend" => self.extend = Some(length(input, key, "to have systemd wait no longer")?),
            _ => {
                announced(input, key)?;
                self.is_announced = true;
            }
        }
        Ok(())
    }

    // Output, of `systemd(check = is_healthy, extend = "5m", ready = "announced")`, where `SYSTEMD` is
    // `::aplomb::systemd::Systemd`:
    //     SYSTEMD::check::<>(
    //         SYSTEMD::extend::<>(
    //             SYSTEMD::announced(SYSTEMD::new()),
    //             ::core::time::Duration::from_millis(300000),
    //         ),
    //         is_healthy,
    //     )
    //
    // These are no methods, for the reason that `expand::components` gives.
    pub(super) fn settings(&self, library: &TokenStream) -> TokenStream {
        let systemd = quote_spanned!(here()=> #library::systemd::Systemd);
        let mut settings = quote_spanned!(here()=> #systemd::new());
        if self.is_announced {
            settings = quote_spanned!(here()=> #systemd::announced(#settings));
        }
        if let Some(bound) = &self.extend {
            let callee = quote_spanned!(here()=> #systemd::extend);
            let arguments = quote_spanned!(here()=> #settings, #bound);
            settings = call_at(bound.span(), callee, &arguments);
        }
        if let Some(path) = &self.check {
            let place = last_word(path).map_or(here(), Ident::span);
            let callee = quote_spanned!(here()=> #systemd::check);
            settings = call_at(place, callee, &quote_spanned!(here()=> #settings, #path));
        }
        settings
    }

    /// What names something of the user's.
    pub(super) fn named(&self) -> impl Iterator<Item = TokenStream> {
        let check = self.check.as_ref().map(ToTokens::to_token_stream);
        let extend = self.extend.as_ref().map(ToTokens::to_token_stream);
        check.into_iter().chain(extend)
    }
}

/// `= "announced"`
fn announced(input: ParseStream, key: &Ident) -> Result<()> {
    let text = text(input, key, "announced")?;
    if text.value() == "announced" {
        return Ok(());
    }
    let help = "write `ready = \"announced\"`, and call `Shutdown::announce_ready`; or leave it out, and the app is ready when `run` begins";
    let problem = format!("unknown word {}", text.token());
    Err(mistake(&text, &problem, help))
}
