#[shielded]
#[tokio::test]
async fn commits() {
    commit().await;
}
