fn main() {
    ::aplomb::__private::main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::async_no_body(::aplomb::__private::tokio_multi_thread(
            ::core::option::Option::None,
        )),
        start,
        run,
        stop,
        (),
    )
}
