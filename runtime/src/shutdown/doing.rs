//! What components are doing: that is what the end waits for, where it waits for one of them.

use std::fmt;

use super::Shutdown;
use crate::sync::lock;

/// A function of a component, by both names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Work {
    pub(crate) component: &'static str,
    pub(crate) function: &'static str,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Work {
            component,
            function,
        } = self;
        write!(f, "`{function}` of component `{component}`")
    }
}

impl Shutdown {
    /// It runs, until what is returned is dropped.
    pub(crate) fn does(&self, work: Work) -> Doing {
        lock(&self.shared.doing).push(work);
        Doing {
            shutdown: self.clone(),
            work,
        }
    }

    /// What runs, in the order in which it has begun.
    pub(crate) fn doing(&self) -> Vec<Work> {
        lock(&self.shared.doing).clone()
    }
}

/// From [`Shutdown::does`].
#[derive(Debug)]
pub(crate) struct Doing {
    shutdown: Shutdown,
    work: Work,
}

impl Drop for Doing {
    fn drop(&mut self) {
        let mut doing = lock(&self.shutdown.shared.doing);
        let own = doing.iter().position(|known| *known == self.work);
        own.map(|own| doing.remove(own));
    }
}
