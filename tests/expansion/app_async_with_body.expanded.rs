fn main() {
    async fn main() -> anyhow::Result<Config> {
        Config::read().await
    }
    ::aplomb::__private::main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::async_fallible(::aplomb::__private::tokio_current_thread(), main),
        start,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
