//! What lines tell of shields, as far as the models need it.

#[derive(Debug)]
pub(crate) struct Remark;

impl Remark {
    pub(crate) fn new(_: String) -> Self {
        Remark
    }
}
