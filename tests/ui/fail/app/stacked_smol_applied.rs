use aplomb::app;

#[app(run)]
#[macro_rules_attribute::apply(smol_macros::main!)]
async fn main() {}

async fn run() {}
