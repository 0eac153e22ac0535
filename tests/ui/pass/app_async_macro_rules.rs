//! What a `macro_rules!` passes on comes wrapped in invisible groups.
#![deny(warnings)]

macro_rules! program {
    ($name:ident $output:ty, $run:path, $flavor:literal, $block_on:path, $body:block) => {
        mod other {
            #[aplomb::app(run = $run, flavor = $flavor)]
            pub(crate) async fn $name() -> $output $body
        }

        #[aplomb::app(run = $run, block_on = $block_on)]
        async fn $name() -> $output $body
    };
}

program!(main Result<u8, String>, crate::phases::run, "current_thread", smol::block_on, { Ok(4) });

mod phases {
    pub async fn run(state: &u8) {
        assert_eq!(*state, 4);
    }
}

const _: fn() = other::main;
