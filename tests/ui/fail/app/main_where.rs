use aplomb::app;

#[app(run)]
fn main()
where
    u8: Copy,
{
}

fn run() {}
