//! What is concurrent in the library, tried in every order that the threads and the memory may choose.
//!
//! The library's own files are compiled here a second time, on [loom](https://docs.rs/loom) instead of the
//! standard library: what they call `crate::sync` is this package's. `cargo test -p aplomb-models` runs every
//! model in all its executions, those included in which a load returns what another thread has overwritten
//! already. Where these are too many, the model says how often a thread may be interrupted that could go on:
//! twice or three times, which is more than any of the mistakes needs that were tried.
//!
//! # What is covered
//!
//! - `shutdown/registration.rs`: who awaits the cancellation is woken, or told that it is over; no waker is
//!   kept, woken or dropped under a lock.
//! - `shield/held.rs`, the barrier before `stop`: it overlooks no region, is told when they end, and does not
//!   wait for the next ones.
//! - `shield/sealed.rs`, the barrier before the exit: when it is clear nobody is inside, and nobody gets in;
//!   who is parked is let through when one inside waits for it; two may wait at once.
//! - `shield/tasks.rs`: regions of tasks, which move, pass their slots on, begin inside one another, and wait
//!   at the gate with wakers.
//!
//! # The two kinds of fences
//!
//! Who enters or leaves stores its depth, and then looks at the gate; who waits changes the gate, and then
//! looks at the depths. With fences on both sides, between the storing and the looking, loom knows what
//! follows: at least one sees the other.
//!
//! Where there is `membarrier(2)`, who waits calls it, and the others keep the compiler, not the processor, from
//! swapping the two. Every thread then executes a full fence at some point of its program, which is before the
//! call returns and after it began. If that point is before its store, its look comes after it, too, and sees
//! the gate. If it is after its look, its store comes before it, too, and is seen. If it is between the two, it is
//! the fence of the other kind. So who waits may take the other's fence to be where it needs it. `memory.rs` has
//! the call as loom can express it, a signal to every thread that waits until all have answered it; the models
//! of one barrier and one thread run on both kinds.
//!
//! # What is not covered
//!
//! - That the kernel and the processor do what `membarrier(2)` says, that the compiler keeps the order at a
//!   `compiler_fence`, and the change from one kind to the other where the call is refused later: it
//!   relies on a time that is long enough.
//! - The places of `sys/seqlock.rs`, of which only the versions are here; and the handler of `signal/inbox.rs`.
//! - That who is parked gets through in the end, where it has bad luck each time that the gate is open: the
//!   turns of the barrier make that unlikely, not impossible.
//! - Orders that `SeqCst` loads and stores alone would forbid: loom takes these for acquiring and releasing, so
//!   it may find mistakes that are none, and the library does without.
#![cfg(test)]

mod alarm;
mod explore;
mod memory;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the library has more than the models take"
)]
mod shield;
mod shutdown;
mod stragglers;
mod sync;
mod sys;
mod ticks;
mod timeline;
mod wake;
