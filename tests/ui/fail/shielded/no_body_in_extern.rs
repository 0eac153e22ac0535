use aplomb::shielded;

unsafe extern "C" {
    #[shielded]
    pub fn commit();
}

fn main() {}
