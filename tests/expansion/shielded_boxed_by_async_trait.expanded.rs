impl Store for Files {
    fn commit<'async_trait>(
        self: Arc<Self>,
        batch: Batch,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + 'async_trait>>
    where
        Self: 'async_trait,
    {
        ::aplomb::__private::boxed_task(
            "commit",
            match () {
                () => Box::pin(async move { self.write(batch).await }),
            },
        )
    }
}
