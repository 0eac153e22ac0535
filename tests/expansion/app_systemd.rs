#[app(run, systemd(ready = "announced", check = health::check, extend = "5m"))]
fn main();
