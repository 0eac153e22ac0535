//! What lines tell of shields, as far as the models need it.

use std::fmt;
use std::time::Duration;

#[derive(Debug)]
pub(crate) struct Remark;

impl Remark {
    pub(crate) fn new(_: String) -> Self {
        Remark
    }
}

#[derive(Debug)]
pub(crate) struct Age(pub(crate) Duration);

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
