#[tokio::test]
async fn commits() {
    ::aplomb::__private::task("commits", async move {
        if let ::core::option::Option::Some(shielded_output) = ::core::option::Option::None::<()> {
            return shielded_output;
        }
        let value: () = match () {
            () => {
                commit().await;
            }
        };
        #[allow(unreachable_code)]
        value
    })
    .await
}
