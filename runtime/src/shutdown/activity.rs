//! Which functions of components are running, so that the one that holds the end up can be named.

use std::fmt;

use super::Shutdown;
use crate::sync::lock;

/// A function of a component, by the names of both.
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
    /// Notes that a function runs, until the value that is returned is dropped.
    pub(crate) fn begin_activity(&self, activity: Activity) -> Ongoing {
        lock(&self.shared.activities).push(activity);
        Ongoing {
            shutdown: self.clone(),
            activity,
        }
    }

    /// The functions that are running, in the order in which they have begun.
    pub(crate) fn activities(&self) -> Vec<Activity> {
        lock(&self.shared.activities).clone()
    }
}

/// Stands for a function that is running; from [`Shutdown::begin_activity`]. Dropping it notes that the function has
/// ended.
#[derive(Debug)]
pub(crate) struct Ongoing {
    shutdown: Shutdown,
    activity: Activity,
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        let mut all = lock(&self.shutdown.shared.activities);
        // Two entries that are equal print the same text, so it does not matter which one goes.
        let own = all.iter().position(|known| *known == self.activity);
        own.map(|own| all.remove(own));
    }
}
