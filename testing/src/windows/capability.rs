//! What a test may need of the machine, and whether it is there.

use std::fmt;
use std::sync::OnceLock;

use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::w;

/// What a test may need and not every machine has. A test asks, and skips what it cannot do. [`Display`](fmt::Display)
/// says what is needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Capability {
    /// Consoles as Windows has them. Wine has no pseudo consoles, and its consoles send no `CTRL_BREAK_EVENT` to a
    /// process group.
    Console,
}

impl Capability {
    /// Whether this machine has it.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Console => !is_wine(),
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Console => "a console of Windows itself, and not of Wine",
        })
    }
}

/// Whether this is Wine and not Windows.
pub(super) fn is_wine() -> bool {
    static IS_WINE: OnceLock<bool> = OnceLock::new();
    *IS_WINE.get_or_init(|| {
        let name = c"wine_get_version".as_ptr().cast();
        #[allow(unsafe_code, reason = "there is no safe way to look for a function")]
        // SAFETY: both are null-terminated, and ntdll is never unloaded. The function is not called.
        let found = unsafe { GetProcAddress(GetModuleHandleW(w!("ntdll.dll")), name) };
        found.is_some()
    })
}
