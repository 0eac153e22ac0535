//! The journal's format, read once more from its description, so that a mistake in the program
//! does not excuse itself.

pub const MAGIC: &[u8] = b"aplomb journal 1\n";

/// The batches of a journal, and how many bytes are left behind the last one that is right. A
/// head that is torn itself, or of zeros, counts as an empty journal.
///
/// # Panics
/// When it is no journal.
pub fn batches(journal: &[u8]) -> (Vec<Vec<u8>>, usize) {
    let Some(mut rest) = journal.strip_prefix(MAGIC) else {
        let zeros = journal.len() <= MAGIC.len() && journal.iter().all(|&byte| byte == 0);
        assert!(zeros || MAGIC.starts_with(journal), "it is no journal");
        return (Vec::new(), 0);
    };
    let mut batches = Vec::new();
    while let Some(batch) = first_batch(rest, &batches) {
        rest = &rest[8 + batch.len()..];
        batches.push(batch);
    }
    (batches, rest.len())
}

fn first_batch(rest: &[u8], before: &[Vec<u8>]) -> Option<Vec<u8>> {
    let (length, rest) = rest.split_first_chunk()?;
    let (checksum, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let batch = rest.get(..length).filter(|batch| !batch.is_empty())?;
    let all = [&before.concat(), batch].concat();
    (crc32fast::hash(&all) == u32::from_le_bytes(*checksum)).then(|| batch.to_vec())
}
