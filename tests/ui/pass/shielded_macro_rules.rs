//! What a `macro_rules!` passes on comes wrapped in invisible groups.
#![deny(warnings)]

macro_rules! function {
    ($(#[$meta:meta])* $vis:vis $name:ident($($p:pat => $t:ty),*) -> $output:ty, $label:literal, $body:block) => {
        #[aplomb::shielded(name = $label)]
        $(#[$meta])*
        $vis fn $name($($p: $t),*) -> $output $body
    };
}

macro_rules! pass_on {
    ($item:item) => {
        #[aplomb::shielded]
        $item
    };
}

function!(
    /// Adds.
    #[must_use]
    pub(crate) add((a, b) => (u8, u8), c => u8) -> Result<u8, String>, "adding", {
        Ok(a + b + c)
    }
);

pass_on! {
    /// Passed on whole.
    fn whole() -> u8 {
        //! With words.
        4
    }
}

fn main() {
    assert_eq!(add((1, 2), 3), Ok(6));
    assert_eq!(whole(), 4);
}
