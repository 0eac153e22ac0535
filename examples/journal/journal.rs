//! The journal file: what is in it is committed, whole batches only.
//!
//! It begins with [`MAGIC`]. Then there is a record for each batch: the length of the batch (32
//! bits, little endian), a checksum (the same), and the lines as they were read. The checksum is
//! of all lines in the file up to the end of this batch, so it tells a batch that is whole from
//! one that is torn, and at the same time what input the file is of.
//!
//! A write that was cut by SIGKILL or by a power failure leaves anything at all behind the last
//! batch that was synced: nothing, a part of a record, zeros. [`Journal::open`] takes records as
//! long as they are right, and cuts off the rest.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crc32fast::Hasher;

const MAGIC: &[u8] = b"aplomb journal 1\n";

/// The length and the checksum.
const HEAD: usize = 8;

/// How much of the input, and a checksum of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) bytes: u64,
    pub(crate) checksum: u32,
}

pub(crate) struct Journal {
    file: File,
    /// Where the next record goes.
    end: u64,
    /// Of all lines so far.
    hasher: Hasher,
    bytes: u64,
    lines: u64,
}

impl Journal {
    /// Opens a journal, or makes one. Also returns how many bytes of it had to be cut off.
    ///
    /// # Errors
    ///
    /// If another process has it open, if the file is something else, and those of the file system.
    pub(crate) fn open(path: &Path) -> io::Result<(Journal, u64)> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        // The kernel takes the lock back when this process ends, however it does.
        file.try_lock().map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => io::Error::other("another process is using it"),
        })?;
        let length = file.metadata()?.len();

        let mut reader = BufReader::new(file.try_clone()?);
        let mut head = Vec::new();
        reader
            .by_ref()
            .take(MAGIC.len() as u64)
            .read_to_end(&mut head)?;
        if head != MAGIC {
            // What is there may be all that has come of the first run. Anything else is not ours.
            let zeros = length <= MAGIC.len() as u64 && head.iter().all(|&byte| byte == 0);
            if !MAGIC.starts_with(&head) && !zeros {
                let what = "it is no journal; it is left as it is";
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            file.write_all_at(MAGIC, 0)?;
        }

        let mut journal = Journal {
            file,
            end: MAGIC.len() as u64,
            hasher: Hasher::new(),
            bytes: 0,
            lines: 0,
        };
        while let Some(batch) = journal.read_record(&mut reader, length)? {
            journal.account_for(&batch);
        }
        let torn = length.saturating_sub(journal.end);
        if torn > 0 {
            journal.file.set_len(journal.end)?;
        }
        // A batch that a killed process has written is here, but maybe not on the disk yet.
        journal.file.sync_all()?;
        sync_directory_of(path)?;
        Ok((journal, torn))
    }

    /// The batch at `end`; `None` if there is none, or none that is whole.
    fn read_record(&self, reader: &mut impl Read, length: u64) -> io::Result<Option<Vec<u8>>> {
        let left = length.saturating_sub(self.end);
        if left < HEAD as u64 {
            return Ok(None);
        }
        let [mut size, mut checksum] = [[0; 4]; 2];
        reader.read_exact(&mut size)?;
        reader.read_exact(&mut checksum)?;
        let size = u32::from_le_bytes(size);
        // No batch is empty; but after a power failure a file may well end in zeros.
        if size == 0 || u64::from(size) > left - HEAD as u64 {
            return Ok(None);
        }
        let mut batch = vec![0; size as usize];
        reader.read_exact(&mut batch)?;
        let whole = self.checksum_with(&batch) == u32::from_le_bytes(checksum);
        Ok(whole.then_some(batch))
    }

    /// Writes a batch and waits until it is on the disk.
    ///
    /// # Errors
    ///
    /// Those of the file system, and if the batch is larger than 4 GiB. The batch may be tried again:
    /// it is written over what has come of it.
    pub(crate) fn commit(&mut self, batch: &[u8]) -> io::Result<()> {
        let size = u32::try_from(batch.len()).map_err(io::Error::other)?;
        let mut record = Vec::with_capacity(HEAD + batch.len());
        record.extend(size.to_le_bytes());
        record.extend(self.checksum_with(batch).to_le_bytes());
        record.extend(batch);
        self.file.write_all_at(&record, self.end)?;
        self.file.sync_data()?;
        self.account_for(batch);
        Ok(())
    }

    fn checksum_with(&self, batch: &[u8]) -> u32 {
        let mut hasher = self.hasher.clone();
        hasher.update(batch);
        hasher.finalize()
    }

    fn account_for(&mut self, batch: &[u8]) {
        self.end += (HEAD + batch.len()) as u64;
        self.hasher.update(batch);
        self.bytes += batch.len() as u64;
        self.lines += batch.split_inclusive(|&byte| byte == b'\n').count() as u64;
    }

    /// What of the input is in it.
    pub(crate) fn committed(&self) -> Extent {
        Extent {
            bytes: self.bytes,
            checksum: self.hasher.clone().finalize(),
        }
    }

    /// How many lines are in it.
    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }
}

/// A file is safe when it was synced; its name, when the directory was that it is in.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    File::open(directory)?.sync_all()
}
