impl Store {
    #[track_caller]
    pub fn commit<T>(
        self: Arc<Self>,
        batch: Batch<T>,
        __unnamed2: Range,
        __unnamed3: Permit,
    ) -> impl ::core::future::Future<Output = io::Result<()>> + ::core::marker::Send
    where
        T: Send + 'static,
    {
        ::aplomb::__private::task("commit", async move {
            ::aplomb::__private::whole(&self);
            let mut batch = batch;
            let __unnamed2 = __unnamed2;
            let (from, to) = __unnamed2;
            let __unnamed3 = __unnamed3;
            let _ = __unnamed3;
            if let ::core::option::Option::Some(shielded_output) =
                ::core::option::Option::None::<io::Result<()>>
            {
                return shielded_output;
            }
            let value: io::Result<()> = match () {
                () => {
                    batch.cut(from, to);
                    self.write(batch).await
                }
            };
            #[allow(unreachable_code)]
            value
        })
    }
}
