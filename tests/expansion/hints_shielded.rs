#[shielded(inline, name = "the ledger", crate = renamed::aplomb)]
async fn commit() {
    write().await
}
