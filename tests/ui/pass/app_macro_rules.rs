//! What a `macro_rules!` passes on comes wrapped in invisible groups.
#![deny(warnings)]

macro_rules! program {
    ($(#[$meta:meta])* $vis:vis $name:ident $output:ty, $run:path, $limit:literal, $body:block) => {
        #[aplomb::app(run = $run, timeout(stop = $limit))]
        $(#[$meta])*
        $vis fn $name() -> $output $body
    };
}

program!(
    /// Runs.
    #[allow(dead_code)]
    pub(crate) main Result<u8, String>, phases::run, "5s", { Ok(4) }
);

mod phases {
    pub fn run(state: &u8) {
        assert_eq!(*state, 4);
    }
}
