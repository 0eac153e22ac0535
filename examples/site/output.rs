//! Where builds go, and how one takes the place of another.
//!
//! ```text
//! output/lock           held by the one process that builds here
//! output/builds/7       a build, with all of its pages
//! output/current        a link to the build that is published
//! ```
//!
//! A build that is not linked to is not there, for whoever reads by the link. Another one is published by
//! renaming a new link over the old: at any moment it leads to a whole build.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::Context;

pub(crate) struct Output {
    root: PathBuf,
    /// The one that is published.
    current: Option<u64>,
    /// The last one that was begun.
    last: u64,
    _lock: File,
}

/// A build that is being made. Unless it is published it is removed.
pub(crate) struct Draft {
    number: u64,
    folder: PathBuf,
    published: bool,
}

impl Output {
    /// Opens the folder, or makes it, and removes what killed builds have left there.
    pub(crate) fn open(root: PathBuf) -> anyhow::Result<Output> {
        let cannot_use = || format!("cannot use {} as the output", root.display());
        let (current, lock) = open(&root).with_context(cannot_use)?;
        let output = Output {
            root,
            current,
            last: current.unwrap_or(0),
            _lock: lock,
        };
        output.keep(&[current])?;
        Ok(output)
    }

    /// By which path whoever reads finds the build that is published.
    pub(crate) fn published(&self) -> PathBuf {
        self.root.join("current")
    }

    fn builds(&self) -> PathBuf {
        self.root.join("builds")
    }

    pub(crate) fn begin(&mut self) -> anyhow::Result<Draft> {
        self.last += 1;
        let number = self.last;
        let folder = self.builds().join(number.to_string());
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Draft {
            number,
            folder,
            published: false,
        })
    }

    /// Lets it take the place of the one that is published, and returns its number.
    pub(crate) fn publish(&mut self, mut draft: Draft) -> anyhow::Result<u64> {
        let (number, link) = (draft.number, self.published());
        replace(&link, Path::new("builds").join(number.to_string()))
            .with_context(|| format!("cannot replace {}", link.display()))?;
        draft.published = true;
        let before = self.current.replace(number);
        // Some may have found the way to the one before, and read there now.
        self.keep(&[before, self.current])?;
        Ok(number)
    }

    /// Removes all builds but these.
    fn keep(&self, these: &[Option<u64>]) -> anyhow::Result<()> {
        let builds = self.builds();
        let cannot_tidy = || format!("cannot tidy up {}", builds.display());
        for entry in fs::read_dir(&builds).with_context(cannot_tidy)? {
            let entry = entry.with_context(cannot_tidy)?;
            let name = entry.file_name();
            // What is no number is not ours.
            let number = name.to_str().and_then(|name| name.parse().ok());
            if number.is_some() && !these.contains(&number) {
                fs::remove_dir_all(entry.path()).with_context(cannot_tidy)?;
            }
        }
        Ok(())
    }
}

/// Which build is published, and the lock.
fn open(root: &Path) -> io::Result<(Option<u64>, File)> {
    fs::create_dir_all(root.join("builds"))?;
    // The kernel takes the lock back when this process ends, however it does.
    let lock = File::create(root.join("lock"))?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::Error(error) => error,
        TryLockError::WouldBlock => io::Error::other("another process is using it"),
    })?;
    let current = match fs::read_link(root.join("current")) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, lock)),
        Err(error) => return Err(error),
    };
    let number = current
        .strip_prefix("builds")
        .ok()
        .and_then(|number| number.to_str()?.parse().ok())
        .ok_or_else(|| io::Error::other("its `current` is not ours"))?;
    Ok((Some(number), lock))
}

/// Makes `link` lead elsewhere, in one step: whoever reads finds the one or the other.
fn replace(link: &Path, target: PathBuf) -> io::Result<()> {
    let new = link.with_extension("new");
    // One that was killed may have left it.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    symlink(target, &new)?;
    fs::rename(new, link)
}

impl Draft {
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            // If this fails, the next start tries again.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
