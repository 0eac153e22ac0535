use aplomb::{Absent, App};

fn main() {
    App::new(Absent, |shutdown| shutdown.wait(), Absent).main()
}
