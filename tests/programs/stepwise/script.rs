//! What a script is, and how it is written: by the tests that make one up, and by the program that carries it out. Both
//! contain this file.

#![allow(dead_code, reason = "each of the two has a use for a part of it")]

use std::collections::BTreeMap;
use std::fmt;

/// A script: what an app is made of, its options, and what each of its functions does.
///
/// A script is written as words. The first one is the kind. A word `name=value` is an option where the value is one
/// word, and a word `name:` begins the steps of the function of that name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// `threads`, or the executor of an async app.
    pub(crate) kind: String,
    pub(crate) options: BTreeMap<String, String>,
    pub(crate) functions: BTreeMap<String, Vec<Step>>,
}

/// One step of a function: what is done, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) verb: String,
    pub(crate) object: String,
}

/// The parts of an app of components, in the order in which they start.
pub(crate) const COMPONENTS: [&str; 3] = ["a", "b", "c"];

impl Script {
    pub(crate) fn parse(text: &str) -> Self {
        let mut words = text.split_whitespace();
        let mut script = Script {
            kind: words.next().expect("the kind comes first").to_owned(),
            ..Script::default()
        };
        let mut function = String::new();
        for word in words {
            if let Some(name) = word.strip_suffix(':') {
                name.clone_into(&mut function);
                script.functions.insert(function.clone(), Vec::new());
            } else if let Some((name, value)) = word.split_once('=') {
                script.options.insert(name.to_owned(), value.to_owned());
            } else {
                let steps = script.functions.get_mut(&function);
                steps
                    .expect("a step has a function")
                    .push(Step::parse(word));
            }
        }
        script
    }

    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    /// An option that is a time in milliseconds, or a count.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.option(name)
            .map(|value| value.parse().expect("a number"))
    }

    pub(crate) fn is_async(&self) -> bool {
        self.kind != "threads"
    }

    pub(crate) fn has_components(&self) -> bool {
        self.option("components").is_some()
    }

    /// The names of the parts, as they precede those of their functions: one empty name where there are no components.
    pub(crate) fn parts(&self) -> Vec<String> {
        if self.has_components() {
            COMPONENTS.map(|name| format!("{name}.")).to_vec()
        } else {
            vec![String::new()]
        }
    }

    pub(crate) fn steps(&self, function: &str) -> &[Step] {
        self.functions.get(function).map_or(&[], Vec::as_slice)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        for (name, value) in &self.options {
            write!(f, " {name}={value}")?;
        }
        for (name, steps) in &self.functions {
            write!(f, " {name}:")?;
            for step in steps {
                write!(f, " {step}")?;
            }
        }
        Ok(())
    }
}

impl Step {
    fn parse(word: &str) -> Self {
        let (verb, object) = word.split_once('~').unwrap_or((word, ""));
        Step {
            verb: verb.to_owned(),
            object: object.to_owned(),
        }
    }

    /// The object as a number: a time in milliseconds, or a status.
    pub(crate) fn number(&self) -> u64 {
        self.object.parse().expect("a number")
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.verb)?;
        if !self.object.is_empty() {
            write!(f, "~{}", self.object)?;
        }
        Ok(())
    }
}
