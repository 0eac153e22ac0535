impl Store for Files {
    #[shielded]
    fn commit<'async_trait>(
        self: Arc<Self>,
        batch: Batch,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        Self: 'async_trait,
    {
        Box::pin(async move { self.write(batch).await })
    }
}
