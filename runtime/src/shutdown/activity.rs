//! What components are doing: that is what the end waits for, where it waits for one of them.

use std::fmt;

use super::Shutdown;
use crate::sync::lock;

/// A function of a component, by both names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Activity {
    pub(crate) component: &'static str,
    pub(crate) function: &'static str,
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Activity {
            component,
            function,
        } = self;
        write!(f, "`{function}` of component `{component}`")
    }
}

impl Shutdown {
    /// It runs, until what is returned is dropped.
    pub(crate) fn begin_activity(&self, activity: Activity) -> Ongoing {
        lock(&self.shared.activities).push(activity);
        Ongoing {
            shutdown: self.clone(),
            activity,
        }
    }

    /// What runs, in the order in which it has begun.
    pub(crate) fn activities(&self) -> Vec<Activity> {
        lock(&self.shared.activities).clone()
    }
}

/// From [`Shutdown::begin_activity`].
#[derive(Debug)]
pub(crate) struct Ongoing {
    shutdown: Shutdown,
    activity: Activity,
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        let mut all = lock(&self.shutdown.shared.activities);
        let own = all.iter().position(|known| *known == self.activity);
        own.map(|own| all.remove(own));
    }
}
