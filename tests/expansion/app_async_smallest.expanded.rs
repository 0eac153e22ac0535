fn main() {
    ::aplomb::__private::async_main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::tokio_multi_thread(::core::option::Option::None),
        ::aplomb::__private::no_async_body,
        start,
        run,
        stop,
        (),
    )
}
