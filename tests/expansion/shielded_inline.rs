impl Store {
    #[shielded(inline)]
    pub async fn commit(&mut self, batch: &Batch) -> io::Result<()> {
        self.write(batch).await?;
        self.sync().await
    }
}
