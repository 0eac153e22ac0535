//! How many things a function may ask for.

/// Calls the macro once for each number of things, with a name for the type of each.
macro_rules! for_each_arity {
    ($written:ident) => {
        $written!();
        $written!(A);
        $written!(A B);
        $written!(A B C);
        $written!(A B C D);
        $written!(A B C D E);
        $written!(A B C D E G);
        $written!(A B C D E G H);
        $written!(A B C D E G H I);
    };
}
pub(super) use for_each_arity;

/// `list!(A B)` is `(A, (B, ()))`, of types and of what they name.
macro_rules! list {
    () => {
        ()
    };
    ($first:ident $($rest:ident)*) => {
        ($first, $crate::component::arity::list!($($rest)*))
    };
}
pub(super) use list;
