async fn commit() {
    #[allow(unexpected_cfgs)]
    const _: () = {
        #[cfg(rust_analyzer)]
        const _: () = {
            mod shielded {
                use self::{crate_ as _, inline as _, name as _};
                use renamed::aplomb::__private::keys::shielded::*;
            }
        };
        #[cfg(rust_analyzer)]
        const _: fn() = || {
            (renamed::aplomb,);
        };
    };
    renamed::aplomb::__private::inline("the ledger", async move {
        if let ::core::option::Option::Some(shielded_output) = ::core::option::Option::None::<()> {
            return shielded_output;
        }
        let value: () = match () {
            () => write().await,
        };
        #[allow(unreachable_code)]
        value
    })
    .await
}
