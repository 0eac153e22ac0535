fn main() {
    fn main() -> Result<Config, Error> {
        Config::read()
    }
    ::aplomb::__private::components_main(
        ::aplomb::__private::Options {
            drain: ::core::option::Option::Some(::core::time::Duration::from_millis(5000)),
            ..::aplomb::__private::Options::DEFAULT
        },
        ::aplomb::__private::components(::aplomb::__private::fallible(main))
            .with(
                "database",
                database::start,
                ::aplomb::__private::Absent,
                database::stop,
            )
            .with(
                "cache",
                cache::start,
                parts::serve::<u8>,
                ::aplomb::__private::Absent,
            )
            .with(
                "Api",
                <parts::Api<u16>>::start,
                <parts::Api<u16>>::run,
                <parts::Api<u16>>::stop,
            )
            .with(
                "loop",
                ::aplomb::__private::Absent,
                r#loop::run,
                ::aplomb::__private::Absent,
            )
            .on(::aplomb::signal::SIGHUP, reload),
    )
}
