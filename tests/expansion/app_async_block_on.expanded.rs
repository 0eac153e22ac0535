fn main() {
    ::aplomb::__private::main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::async_no_body(::aplomb::__private::block_on(smol::block_on)),
        ::aplomb::__private::Absent,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
