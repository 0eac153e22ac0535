fn main() {
    ::aplomb::__private::components_main(
        ::aplomb::__private::Options::DEFAULT,
        <::aplomb::App<_>>::with(
            ::aplomb::__private::async_no_body(::aplomb::__private::tokio_multi_thread(
                ::core::option::Option::None,
            ))
            .components(),
            "cache",
            cache::start,
            cache::run,
            ::aplomb::__private::Absent,
        ),
    )
}
