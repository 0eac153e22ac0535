use aplomb::app;

#[app(run)]
fn main();

#[allow(non_upper_case_globals)]
const run: u8 = 1;
