fn main() {
    async fn main() {
        logging::begin().await;
    }
    ::aplomb::__private::main(
        {
            #[allow(clippy::needless_update)]
            const OPTIONS: ::aplomb::__private::Options = ::aplomb::__private::Options {
                limits: {
                    let mut limits = ::aplomb::Limits::NONE;
                    limits.drain =
                        ::core::option::Option::Some(::core::time::Duration::from_millis(5000));
                    limits.grace =
                        ::core::option::Option::Some(::core::time::Duration::from_millis(10000));
                    limits
                },
                ..::aplomb::__private::Options::DEFAULT
            };
            const drain: () = ::aplomb::__private::Options::check_drain(&OPTIONS);
            const grace: () = ::aplomb::__private::Options::check_grace(&OPTIONS);
            OPTIONS
        },
        ::aplomb::__private::async_plain(
            ::aplomb::__private::tokio_multi_thread(::core::option::Option::Some(4)),
            main,
        ),
        start,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
