fn main() {
    ::aplomb::__private::main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::async_no_body(::aplomb::__private::runtime(server::runtime)),
        ::aplomb::__private::Absent,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
