//! How a model is explored.

use std::sync::Arc;

use loom::model::Builder;
use loom::thread;

use crate::memory::{self, Fence, Kind, Memory};

/// Tries every order, with fences on both sides.
pub(crate) fn every_order(model: impl Fn() + Send + Sync + 'static) {
    explore(Memory::default(), None, model);
}

/// Tries only the orders in which a thread that could go on has to wait at most so many times. (A thread that
/// blocks or yields is not counted.) This is for models that have too many orders.
pub(crate) fn on(kind: Kind, preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    explore(Memory { kind, lacks: None }, Some(preemptions), model);
}

/// Tries the same orders as [`on`], but without one of the fences, to see what that fence is good for.
pub(crate) fn lacking(
    fence: Fence,
    kind: Kind,
    preemptions: usize,
    model: impl Fn() + Send + Sync + 'static,
) {
    let lacks = Some(fence);
    explore(Memory { kind, lacks }, Some(preemptions), model);
}

fn explore(memory: Memory, preemptions: Option<usize>, model: impl Fn() + Send + Sync + 'static) {
    memory::set(memory);
    let model = Arc::new(model);
    let mut builder = Builder::new();
    builder.preemption_bound = preemptions.or(builder.preemption_bound);
    builder.max_branches = 10_000;
    builder.check(move || {
        // The model does not run in the first thread, because the thread-local values of that thread outlive
        // the static ones.
        let model = Arc::clone(&model);
        let ended = thread::spawn(move || model()).join();
        ended.expect("it does not panic");
    });
}
