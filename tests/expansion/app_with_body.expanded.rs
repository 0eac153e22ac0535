#[doc = " Serves."]
#[allow(clippy::too_many_lines)]
pub(crate) fn main() {
    fn main() -> anyhow::Result<Config> {
        #![allow(unused)]
        Ok(Config::read(std::env::args())?)
    }
    ::aplomb::__private::main(
        ::aplomb::__private::Options::DEFAULT,
        ::aplomb::__private::fallible(main),
        start,
        run,
        ::aplomb::__private::Absent,
        (),
    )
}
