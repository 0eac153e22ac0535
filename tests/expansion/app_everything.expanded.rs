fn main() {
    ::renamed::aplomb::__private::main(
        ::renamed::aplomb::__private::Options {
            signals: &[
                ::renamed::aplomb::signal::SIGINT,
                ::renamed::aplomb::signal::SIGTERM,
                ::renamed::aplomb::signal::SIGQUIT,
            ],
            timeout_start: ::core::option::Option::Some(::core::time::Duration::from_millis(90000)),
            timeout_run: ::core::option::Option::Some(::core::time::Duration::from_millis(10000)),
            timeout_stop: ::core::option::Option::Some(::core::time::Duration::from_millis(250)),
            deadline: ::core::option::Option::Some(::core::time::Duration::from_millis(7200000)),
            drain: ::core::option::Option::Some(::core::time::Duration::from_millis(5000)),
            force_after: ::core::option::Option::Some(3),
            reap_orphans: true,
            exit: ::renamed::aplomb::Exit::Code,
            ..::renamed::aplomb::__private::Options::DEFAULT
        },
        ::renamed::aplomb::__private::no_body,
        Server::<u8, u16>::open,
        <Server as Serve>::serve,
        r#stop,
        (
            (::renamed::aplomb::signal::SIGHUP, reload),
            ((::renamed::aplomb::signal::SIGUSR1, log::rotate), ()),
        ),
    )
}
