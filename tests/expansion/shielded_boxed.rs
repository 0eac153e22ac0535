impl Store for Files {
    #[shielded(inline)]
    fn flush(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.sync())
    }

    #[shielded]
    fn close(self) -> BoxFuture<'static, ()> {
        Box::pin(self.sync())
    }
}
