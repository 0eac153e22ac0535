impl Store {
    fn flush(mut self: Arc<Self>) -> Arc<Self> {
        match ::aplomb::shield("flush") {
            _shield => {
                self.sync();
                self
            }
        }
    }
}
