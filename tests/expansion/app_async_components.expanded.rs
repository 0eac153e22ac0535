fn main() {
    ::aplomb::__private::components_main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::async_components(
            ::aplomb::__private::tokio_multi_thread(::core::option::Option::None),
            ::aplomb::__private::no_async_body,
        )
        .with(
            "cache",
            cache::start,
            cache::run,
            ::aplomb::__private::Absent,
        ),
    )
}
