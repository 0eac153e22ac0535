//! Who holds a shield.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

/// A shield that is held: who, where, since when. From
/// [`Shutdown::held_shields`](crate::Shutdown::held_shields).
///
/// ```
/// # let shutdown = aplomb::Shutdown::new();
/// let _shield = aplomb::shield("commit");
/// let held = &shutdown.held_shields()[0];
/// assert_eq!(held.name(), "commit");
/// println!("in {} at line {}, by {}, for {:?}", held.file(), held.line(), held.holder(), held.age());
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShieldInfo {
    name: &'static str,
    location: &'static Location<'static>,
    holder: String,
    age: Duration,
}

impl ShieldInfo {
    pub(super) fn new(
        name: &'static str,
        location: &'static Location<'static>,
        holder: String,
        age: Duration,
    ) -> Self {
        ShieldInfo {
            name,
            location,
            holder,
            age,
        }
    }

    /// The name that the shield was given: a function's, where it is from `#[shielded]`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// The source file that it was entered in.
    #[must_use]
    pub fn file(&self) -> &str {
        self.location.file()
    }

    /// The line there.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    /// Whose it is: ``thread `worker` ``, or the thread's id where it has no name; ``task 17`` with
    /// the id that tokio gave it, or `a task`, on another executor.
    #[must_use]
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// For how long it has been held, at least.
    ///
    /// A shield that was entered after the request knows it exactly. One that was entered
    /// before did not look at a clock, which would have cost more than all the rest: its age
    /// counts from the first time that somebody looked, the listener at the request at the
    /// latest.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.age
    }
}

impl fmt::Display for ShieldInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` ({}:{}) in {}, for {}.{} s",
            self.name,
            self.file(),
            self.line(),
            self.holder,
            self.age.as_secs(),
            self.age.subsec_millis() / 100
        )
    }
}
