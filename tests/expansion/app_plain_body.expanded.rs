fn main() {
    fn main() -> Config {
        Config::new()
    }
    ::aplomb::__private::main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::plain(main),
        start,
        ::aplomb::__private::Absent,
        ::aplomb::__private::Absent,
        (),
    )
}
