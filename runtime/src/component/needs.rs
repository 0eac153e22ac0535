//! What a function asks for: a list of types, found in what the components have made.

use super::list::Has;

/// The types that a function asks for by reference, as a list: `(Database, (Config, ()))`.
pub trait Needs: 'static {
    #[doc(hidden)]
    type Refs<'s>: Copy;
}

/// They are all there. `Indices` say where; they are inferred.
pub trait Found<List, Indices>: Needs {
    #[doc(hidden)]
    fn find(list: &List) -> Self::Refs<'_>;
}

/// They may be looked at by several threads at the same time.
pub trait Shareable: for<'s> Needs<Refs<'s>: Send> {}

impl Needs for () {
    type Refs<'s> = ();
}

impl<A: 'static, Rest: Needs> Needs for (A, Rest) {
    type Refs<'s> = (&'s A, Rest::Refs<'s>);
}

#[diagnostic::do_not_recommend]
impl<List> Found<List, ()> for () {
    fn find(_: &List) -> Self::Refs<'_> {}
}

impl<List, A, Rest, Index, Indices> Found<List, (Index, Indices)> for (A, Rest)
where
    A: 'static,
    List: Has<A, Index>,
    Rest: Found<List, Indices>,
{
    fn find(list: &List) -> Self::Refs<'_> {
        (list.get(), Rest::find(list))
    }
}

#[diagnostic::do_not_recommend]
impl Shareable for () {}

impl<A: Sync + 'static, Rest: Shareable> Shareable for (A, Rest) {}
