fn main() {
    ::aplomb::__private::async_main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::block_on(smol::block_on),
        ::aplomb::__private::no_async_body,
        ::aplomb::__private::Absent,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
