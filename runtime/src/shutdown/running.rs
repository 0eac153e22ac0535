//! Which components have a `run` that has not ended: they are what the end waits for.

use super::Shutdown;
use crate::sync::lock;

impl Shutdown {
    /// The `run` of this component runs, until what is returned is dropped.
    pub(crate) fn runs(&self, component: &'static str) -> Runs {
        lock(&self.shared.running).push(component);
        Runs {
            shutdown: self.clone(),
            component,
        }
    }

    /// The components whose `run` has not ended, in the order in which they began.
    pub(crate) fn running(&self) -> Vec<&'static str> {
        lock(&self.shared.running).clone()
    }
}

/// From [`Shutdown::runs`].
#[derive(Debug)]
pub(crate) struct Runs {
    shutdown: Shutdown,
    component: &'static str,
}

impl Drop for Runs {
    fn drop(&mut self) {
        let mut running = lock(&self.shutdown.shared.running);
        let own = running.iter().position(|known| *known == self.component);
        own.map(|own| running.remove(own));
    }
}
