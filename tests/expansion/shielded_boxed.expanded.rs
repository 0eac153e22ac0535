impl Store for Files {
    fn flush(&self) -> BoxFuture<'_, ()> {
        ::aplomb::__private::boxed_inline(
            "flush",
            (move || -> BoxFuture<'_, ()> { Box::pin(self.sync()) })(),
        )
    }
    fn close(self) -> BoxFuture<'static, ()> {
        ::aplomb::__private::boxed_task(
            "close",
            (move || -> BoxFuture<'static, ()> { Box::pin(self.sync()) })(),
        )
    }
}
