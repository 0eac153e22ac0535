//! The system, as far as the models need one.

mod event;
mod membarrier;
mod seqlock;

pub(crate) use event::Event;
pub(crate) use membarrier::Fence;
pub(crate) use seqlock::Published;
