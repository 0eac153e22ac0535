fn main() {
    ::renamed::aplomb::__private::main(
        {
            const NUMBER_OF_SIGINT: i32 = ::renamed::aplomb::signal::SIGINT;
            const SIGINT: () =
                ::renamed::aplomb::__private::check_shutdown_signal(NUMBER_OF_SIGINT);
            const NUMBER_OF_SIGTERM: i32 = ::renamed::aplomb::signal::SIGTERM;
            const SIGTERM: () =
                ::renamed::aplomb::__private::check_shutdown_signal(NUMBER_OF_SIGTERM);
            const NUMBER_OF_SIGQUIT: i32 = ::renamed::aplomb::signal::SIGQUIT;
            const SIGQUIT: () =
                ::renamed::aplomb::__private::check_shutdown_signal(NUMBER_OF_SIGQUIT);
            #[allow(clippy::needless_update)]
            const OPTIONS: ::renamed::aplomb::__private::Options =
                ::renamed::aplomb::__private::Options {
                    force_after: ::core::option::Option::Some(3),
                    reap_orphans: true,
                    restore_terminal: true,
                    says_nothing: true,
                    signals: &[NUMBER_OF_SIGINT, NUMBER_OF_SIGTERM, NUMBER_OF_SIGQUIT],
                    exit: ::renamed::aplomb::ExitPolicy::Code,
                    limits: {
                        let mut limits = ::renamed::aplomb::Limits::NONE;
                        limits.timeout_start = ::core::option::Option::Some(
                            ::core::time::Duration::from_millis(90000),
                        );
                        limits.timeout_run = ::core::option::Option::Some(
                            ::core::time::Duration::from_millis(10000),
                        );
                        limits.timeout_stop =
                            ::core::option::Option::Some(::core::time::Duration::from_millis(250));
                        limits.deadline = ::core::option::Option::Some(
                            ::core::time::Duration::from_millis(7200000),
                        );
                        limits.drain =
                            ::core::option::Option::Some(::core::time::Duration::from_millis(5000));
                        limits.exit_wait =
                            ::core::option::Option::Some(::core::time::Duration::from_millis(3000));
                        limits.explain =
                            ::core::option::Option::Some(::core::time::Duration::from_millis(1000));
                        limits
                    },
                    ..::renamed::aplomb::__private::Options::DEFAULT
                };
            const drain: () = ::renamed::aplomb::__private::Options::check_drain(&OPTIONS);
            const force_after: () = ::renamed::aplomb::__private::Options::check_force_after(
                &OPTIONS,
                &[
                    ::renamed::aplomb::signal::SIGHUP,
                    ::renamed::aplomb::signal::SIGUSR1,
                ],
            );
            const reap_orphans: () =
                ::renamed::aplomb::__private::Options::check_reap_orphans(&OPTIONS);
            OPTIONS
        },
        ::renamed::aplomb::__private::no_body(),
        Server::<u8, u16>::open,
        <Server as Serve>::serve,
        r#stop,
        (
            (
                {
                    const NUMBER_OF_SIGHUP: i32 = ::renamed::aplomb::signal::SIGHUP;
                    const SIGHUP: () =
                        ::renamed::aplomb::__private::check_signal_with_function(NUMBER_OF_SIGHUP);
                    NUMBER_OF_SIGHUP
                },
                reload,
            ),
            (
                (
                    {
                        const NUMBER_OF_SIGUSR1: i32 = ::renamed::aplomb::signal::SIGUSR1;
                        const SIGUSR1: () =
                            ::renamed::aplomb::__private::check_signal_with_function(
                                NUMBER_OF_SIGUSR1,
                            );
                        NUMBER_OF_SIGUSR1
                    },
                    log::rotate,
                ),
                (),
            ),
        ),
    )
}
