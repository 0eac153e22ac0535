#[shielded]
fn commit<T: Fn() -> u8>(store: &Store, batch: T) -> io::Result<()>
where
    T: Send,
{
    store.write(batch())?;
    store.sync()
}
