fn main() {
    ::aplomb::__private::main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::no_body(),
        ::aplomb::__private::Absent,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
