use aplomb::shielded;

struct View<'a>(&'a str);

#[shielded]
async fn commit(view: View) -> usize {
    view.0.len()
}

fn main() {
    drop(commit(View("")));
}
