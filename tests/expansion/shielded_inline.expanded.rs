impl Store {
    pub async fn commit(&mut self, batch: &Batch) -> io::Result<()> {
        ::aplomb::__private::inline("commit", async move {
            ::aplomb::__private::whole(&self);
            let batch = batch;
            if let ::core::option::Option::Some(shielded_output) =
                ::core::option::Option::None::<io::Result<()>>
            {
                return shielded_output;
            }
            let value: io::Result<()> = match () {
                () => {
                    self.write(batch).await?;
                    self.sync().await
                }
            };
            #[allow(unreachable_code)]
            value
        })
        .await
    }
}
