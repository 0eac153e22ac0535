fn main() {
    async fn main() {
        logging::begin().await;
    }
    ::aplomb::__private::async_main(
        ::aplomb::__private::Options {
            drain: ::core::option::Option::Some(::core::time::Duration::from_millis(5000)),
            ..::aplomb::__private::Options::DEFAULT
        },
        ::aplomb::__private::tokio_multi_thread(::core::option::Option::Some(4)),
        ::aplomb::__private::async_plain(main),
        start,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
