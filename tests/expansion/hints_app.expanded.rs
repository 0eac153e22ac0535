fn main() {
    #[allow(unexpected_cfgs)]
    const _: () = {
        #[cfg(rust_analyzer)]
        const _: () = {
            mod app {
                use self::{
                    components as _, exit as _, on as _, reap_orphans as _, report as _,
                    systemd as _, terminal as _, timeout as _,
                };
                use ::aplomb::__private::keys::app::*;
            }
            mod exit {
                use self::code as _;
                use ::aplomb::__private::keys::exit::*;
            }
            mod on {
                use self::SIGHUP as _;
                use ::aplomb::__private::keys::on::*;
            }
            mod phases {
                use self::{stop as _, timeout as _};
                use ::aplomb::__private::keys::phases::*;
            }
            mod ready {
                use self::announced as _;
                use ::aplomb::__private::keys::ready::*;
            }
            mod report {
                use self::off as _;
                use ::aplomb::__private::keys::report::*;
            }
            mod systemd {
                use self::{check as _, extend as _, ready as _};
                use ::aplomb::__private::keys::systemd::*;
            }
            mod terminal {
                use self::restore as _;
                use ::aplomb::__private::keys::terminal::*;
            }
            mod timeout {
                use self::run as _;
                use ::aplomb::__private::keys::timeout::*;
            }
            mod timeout_of_one {
                use self::stop as _;
                use ::aplomb::__private::keys::timeout_of_one::*;
            }
        };
        #[cfg(rust_analyzer)]
        const _: fn() = || {
            (database, close, Cache, reload, (), is_healthy);
        };
    };
    ::aplomb::__private::components_main(
        {
            #[allow(clippy::needless_update)]
            const OPTIONS: ::aplomb::__private::Options = ::aplomb::__private::Options {
                says_nothing: true,
                restore_terminal: true,
                reap_orphans: true,
                exit: ::aplomb::ExitPolicy::Code,
                limits: {
                    let mut limits = ::aplomb::Limits::NONE;
                    limits.timeout_run =
                        ::core::option::Option::Some(::core::time::Duration::from_millis(10000));
                    limits
                },
                ..::aplomb::__private::Options::DEFAULT
            };
            const reap_orphans: () = ::aplomb::__private::Options::check_reap_orphans(&OPTIONS);
            OPTIONS
        },
        <::aplomb::App<_>>::on(
            <::aplomb::App<_>>::with(
                <::aplomb::App<_>>::with(
                    ::aplomb::__private::systemd(
                        ::aplomb::__private::no_body(),
                        ::aplomb::systemd::Systemd::check(
                            ::aplomb::systemd::Systemd::extend(
                                ::aplomb::systemd::Systemd::announced(
                                    ::aplomb::systemd::Systemd::new(),
                                ),
                                ::core::time::Duration::from_millis(300000),
                            ),
                            is_healthy,
                        ),
                    )
                    .components(),
                    "database",
                    database::start,
                    ::aplomb::__private::Absent,
                    ::aplomb::component::timeout(::core::time::Duration::from_millis(5000), close),
                ),
                "Cache",
                Cache::start,
                Cache::run,
                Cache::stop,
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
