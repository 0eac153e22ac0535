fn main() {
    fn main() -> Config {
        Config::read()
    }
    let limits = {
        let mut limits = ::aplomb::Limits::NONE;
        limits.drain = ::core::option::Option::Some(DRAIN);
        limits.deadline = ::core::option::Option::Some(Config::deadline() * 2);
        limits
    };
    ::aplomb::__private::main(
        {
            #[allow(clippy::needless_update)]
            const OPTIONS: ::aplomb::__private::Options = ::aplomb::__private::Options {
                force_after: ::core::option::Option::Some(3),
                ..::aplomb::__private::Options::DEFAULT
            };
            const force_after: () = ::aplomb::__private::Options::check_force_after(&OPTIONS, &[]);
            ::aplomb::__private::Options { limits, ..OPTIONS }
        },
        ::aplomb::__private::report(
            ::aplomb::__private::limits(::aplomb::__private::plain(main), Config::limits),
            log::lines,
        ),
        ::aplomb::__private::Absent,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
