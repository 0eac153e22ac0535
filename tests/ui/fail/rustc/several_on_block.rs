// rustc refuses the place, `#[shielded]` the thing; what to write instead is in the latter.

use aplomb::shielded;

fn main() {
    #[shielded]
    {
        println!();
    }
}
