impl Store {
    #[shielded]
    pub async fn commit<T>(self: Arc<Self>, mut batch: Batch<T>, (from, to): Range, _: Permit) -> io::Result<()>
    where
        T: Send + 'static,
    {
        batch.cut(from, to);
        self.write(batch).await
    }
}
