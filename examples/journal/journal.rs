//! The journal file: whatever is in it is committed, and it has only whole batches.
//!
//! The file begins with [`MAGIC`]. A record for each batch follows: the length of the batch (32 bits, little
//! endian), a checksum (32 bits, little endian), and the lines as they were read. The checksum is of all lines
//! in the file up to the end of this batch. So it tells a batch that is whole from one that is torn, and it
//! also tells which input the file was made of.
//!
//! A write that was cut by SIGKILL or by a power failure leaves anything at all behind the last
//! batch that was synced: nothing, a part of a record, zeros. [`Journal::open`] takes records as
//! long as they are right, and cuts off the rest.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crc32fast::Hasher;

const MAGIC: &[u8] = b"aplomb journal 1\n";

/// The size of a record's head: the length and the checksum.
const HEAD: usize = 8;

/// How many bytes of the input were read, and a checksum of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) bytes: u64,
    pub(crate) checksum: u32,
}

pub(crate) struct Journal {
    file: File,
    /// Where the next record goes.
    end: u64,
    /// The checksum of all lines so far.
    hasher: Hasher,
    bytes: u64,
    lines: u64,
}

impl Journal {
    /// Opens a journal, or makes one. Also returns how many bytes of it had to be cut off.
    ///
    /// # Errors
    ///
    /// If another process has the journal open, if the file is something else, or if the file system fails.
    pub(crate) fn open(path: &Path) -> io::Result<(Journal, u64)> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        // The kernel takes the lock back when this process ends, in whatever way it ends.
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
            // A first run that was killed early may have left only a part of `MAGIC`, or zeros. Any other
            // content is not ours.
            let zeros = length <= MAGIC.len() as u64 && head.iter().all(|&byte| byte == 0);
            if !MAGIC.starts_with(&head) && !zeros {
                let what = "it is no journal; it is left as it is";
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            write_at(&file, MAGIC, 0)?;
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
        // A batch that a killed process has written is in the file, but maybe not on the disk yet.
        journal.file.sync_all()?;
        sync_directory_of(path)?;
        Ok((journal, torn))
    }

    /// Reads the batch at `end`. Returns `None` if there is none, or if it is not whole.
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
    /// If the file system fails, or if the batch is larger than 4 GiB. The batch may be tried again: it is
    /// written over what the failed attempt has left.
    pub(crate) fn commit(&mut self, batch: &[u8]) -> io::Result<()> {
        let size = u32::try_from(batch.len()).map_err(io::Error::other)?;
        let mut record = Vec::with_capacity(HEAD + batch.len());
        record.extend(size.to_le_bytes());
        record.extend(self.checksum_with(batch).to_le_bytes());
        record.extend(batch);
        write_at(&self.file, &record, self.end)?;
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

    /// How much of the input is in the journal.
    pub(crate) fn committed(&self) -> Extent {
        Extent {
            bytes: self.bytes,
            checksum: self.hasher.clone().finalize(),
        }
    }

    /// How many lines are in the journal.
    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }
}

/// Writes to this place of a file. Nobody else writes to it, or reads from it meanwhile.
fn write_at(mut file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}

/// Syncs the directory of a file. To sync the file makes its content safe, but its name is safe only when the
/// directory was synced, too. On Windows a directory cannot be synced, and need not be: NTFS keeps names in a journal.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    let directory = match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    File::open(directory)?.sync_all()
}
