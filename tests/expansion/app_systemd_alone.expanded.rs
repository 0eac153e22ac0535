fn main() {
    other::aplomb::__private::main(
        other::aplomb::__private::Options::DEFAULT,
        other::aplomb::__private::systemd(
            other::aplomb::__private::no_body(),
            other::aplomb::systemd::Systemd::new(),
        ),
        other::aplomb::__private::Absent,
        run,
        other::aplomb::__private::Absent,
        (),
    )
}
