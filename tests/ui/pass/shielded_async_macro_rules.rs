//! What a `macro_rules!` passes on comes wrapped in invisible groups.
#![deny(warnings)]

macro_rules! function {
    ($how:ident $name:ident($($p:pat => $t:ty),*) -> $output:ty, $label:literal, $body:block) => {
        #[aplomb::shielded($how = $label)]
        async fn $name($($p: $t),*) -> $output $body
    };
}

macro_rules! pass_on {
    ($($item:item)*) => {
        $(
            #[aplomb::shielded(inline)]
            $item
        )*
    };
}

function!(name add((a, b) => (u8, u8), c => u8, f => fn(&u8) -> &u8) -> Result<u8, String>, "adding", {
    if a > 9 {
        return Err("too much".into());
    }
    Ok(a + b + f(&c))
});

pass_on! {
    /// Passed on whole.
    async fn whole(text: &str) -> usize {
        //! With words.
        text.len()
    }
}

#[tokio::main]
async fn main() {
    assert_eq!(add((1, 2), 3, |value| value).await, Ok(6));
    assert!(add((10, 2), 3, |value| value).await.is_err());
    assert_eq!(whole("four").await, 4);
}
