use aplomb::shielded;

#[shielded]
async fn commit(first: &mut u8, second: &u8) {
    *first += second;
}

fn main() {
    drop(commit(&mut 1, &2));
}
