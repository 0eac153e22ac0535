#[shielded(name = "the ledger")]
async fn commit() -> impl Display {
    write().await;
    "committed"
}
