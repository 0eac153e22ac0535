use aplomb::shielded;

#[shielded(nam = "x")]
const async fn commit(_: &u8) -> impl Future<Output = ()> {
    std::future::ready(())
}

fn main() {
    
}
