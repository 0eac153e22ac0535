//! What the components have made so far, as a list that the compiler can look into.

use std::fmt;
use std::marker::PhantomData;

use crate::cleanup::Cleanup;
use crate::shutdown::Shutdown;

/// The beginning of the list: what is there before the first component starts.
#[derive(Debug)]
pub struct Base<C> {
    /// The value of `main`'s body.
    config: C,
    shutdown: Shutdown,
}

/// The components before this one, and then this one, which makes a `T`.
pub struct Then<Before, T> {
    pub(super) before: Before,
    /// Not there before the component has started.
    pub(super) state: Option<T>,
    /// What its `start` has pushed.
    pub(super) cleanup: Cleanup,
}

impl<C> Base<C> {
    pub(super) fn new(config: C, shutdown: Shutdown) -> Self {
        Base { config, shutdown }
    }
}

impl<Before, T> Then<Before, T> {
    pub(super) fn new(before: Before) -> Self {
        Then {
            before,
            state: None,
            cleanup: Cleanup::new(),
        }
    }
}

impl<Before: fmt::Debug, T> fmt::Debug for Then<Before, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Then")
            .field("before", &self.before)
            .field("started", &self.state.is_some())
            .finish_non_exhaustive()
    }
}

/// A list with a `T` in it. `Index` says where; it is inferred.
#[diagnostic::on_unimplemented(
    message = "no component before this one makes a `{T}`",
    label = "asks for a `{T}`",
    note = "a component sees, by reference, what those before it in the list have made, the value of `main`'s body, and `Shutdown`; `run` also sees its own state, and `stop` takes that by value",
    note = "write the component that makes it before this one"
)]
pub trait Has<T: ?Sized, Index> {
    #[doc(hidden)]
    fn get(&self) -> &T;
}

/// Names of places in a list, for [`Has`].
#[allow(missing_debug_implementations, reason = "types without values")]
pub mod index {
    use super::PhantomData;

    /// The value of `main`'s body.
    pub enum Config {}
    /// The handle.
    pub enum Handle {}
    /// The state of the last component of the list.
    pub enum Last {}
    /// A place in the list without its last component.
    pub struct Earlier<Index>(PhantomData<Index>);
}

#[diagnostic::do_not_recommend]
impl<C> Has<C, index::Config> for Base<C> {
    fn get(&self) -> &C {
        &self.config
    }
}

#[diagnostic::do_not_recommend]
impl<C> Has<Shutdown, index::Handle> for Base<C> {
    fn get(&self) -> &Shutdown {
        &self.shutdown
    }
}

#[diagnostic::do_not_recommend]
impl<Before, T> Has<T, index::Last> for Then<Before, T> {
    fn get(&self) -> &T {
        let state = self.state.as_ref();
        state.expect("only what has started is looked at")
    }
}

#[diagnostic::do_not_recommend]
impl<Before, U, T: ?Sized, Index> Has<T, index::Earlier<Index>> for Then<Before, U>
where
    Before: Has<T, Index>,
{
    fn get(&self) -> &T {
        self.before.get()
    }
}
