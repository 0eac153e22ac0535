impl Store {
    #[shielded]
    fn flush(mut self: Arc<Self>) -> Arc<Self> {
        self.sync();
        self
    }
}
