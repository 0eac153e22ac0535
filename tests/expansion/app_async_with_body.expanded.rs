fn main() {
    async fn main() -> anyhow::Result<Config> {
        Config::read().await
    }
    ::aplomb::__private::async_main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::tokio_current_thread(),
        ::aplomb::__private::async_fallible(main),
        start,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
