fn main() {
    fn main() -> Result<Config, Error> {
        Config::read()
    }
    ::aplomb::__private::components_main(
        {
            #[allow(clippy::needless_update)]
            const OPTIONS: ::aplomb::__private::Options = ::aplomb::__private::Options {
                limits: {
                    let mut limits = ::aplomb::Limits::NONE;
                    limits.drain =
                        ::core::option::Option::Some(::core::time::Duration::from_millis(5000));
                    limits
                },
                ..::aplomb::__private::Options::DEFAULT
            };
            const drain: () = ::aplomb::__private::Options::check_drain(&OPTIONS);
            OPTIONS
        },
        <::aplomb::App<_>>::on(
            <::aplomb::App<_>>::with(
                <::aplomb::App<_>>::with(
                    <::aplomb::App<_>>::with(
                        <::aplomb::App<_>>::with(
                            <::aplomb::App<_>>::with(
                                <::aplomb::App<_>>::with(
                                    <::aplomb::App<_>>::with(
                                        ::aplomb::__private::fallible(main).components(),
                                        "database",
                                        database::start,
                                        ::aplomb::__private::Absent,
                                        database::stop,
                                    ),
                                    "cache",
                                    cache::start,
                                    parts::serve::<u8>,
                                    ::aplomb::__private::Absent,
                                ),
                                "Api",
                                <parts::Api<u16>>::start,
                                <parts::Api<u16>>::run,
                                <parts::Api<u16>>::stop,
                            ),
                            "loop",
                            ::aplomb::__private::Absent,
                            r#loop::run,
                            ::aplomb::__private::Absent,
                        ),
                        ::aplomb::component::Component::new("metrics").optional(),
                        ::aplomb::__private::Absent,
                        metrics::run,
                        ::aplomb::__private::Absent,
                    ),
                    "log",
                    log::start,
                    ::aplomb::__private::Absent,
                    ::aplomb::component::timeout(
                        ::core::time::Duration::from_millis(90000),
                        log::close,
                    ),
                ),
                "spool",
                spool::start,
                ::aplomb::__private::Absent,
                ::aplomb::component::timeout(LIMIT, spool::stop),
            ),
            {
                const NUMBER_OF_SIGHUP: i32 = ::aplomb::signal::SIGHUP;
                const SIGHUP: () =
                    ::aplomb::__private::check_signal_with_function(NUMBER_OF_SIGHUP);
                NUMBER_OF_SIGHUP
            },
            reload,
        ),
    )
}
