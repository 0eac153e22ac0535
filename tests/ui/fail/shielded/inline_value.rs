use aplomb::shielded;

#[shielded(inline = true)]
async fn commit() {}

fn main() {}
