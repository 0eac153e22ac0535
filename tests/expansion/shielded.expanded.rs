fn commit<T: Fn() -> u8>(store: &Store, batch: T) -> io::Result<()>
where
    T: Send,
{
    match ::aplomb::shield("commit") {
        _shield => {
            store.write(batch())?;
            store.sync()
        }
    }
}
