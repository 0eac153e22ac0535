//! How a function of a script ends.

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};

use aplomb::Cancelled;

/// What a function that does not fail ends with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ended {
    Well,
    Code(ExitCode),
    /// As this child has ended.
    As(ExitStatus),
}

impl Ended {
    pub(crate) fn code(self) -> ExitCode {
        match self {
            Ended::Well => ExitCode::SUCCESS,
            Ended::Code(code) => code,
            Ended::As(status) => panic!("the app of this script returns no {status:?}"),
        }
    }

    pub(crate) fn status(self) -> ExitStatus {
        match self {
            Ended::Well => ExitStatus::from_raw(0),
            Ended::Code(code) => panic!("the app of this script returns no {code:?}"),
            Ended::As(status) => status,
        }
    }
}

/// Why a function fails.

#[derive(Debug)]
#[allow(dead_code, reason = "read by the derived Debug")]
pub(crate) enum Fault {
    /// The script says so. The call is named, so that its line on standard error is told from others.
    Told(String),
    Cancelled(Cancelled),
}

impl From<Cancelled> for Fault {
    fn from(cancelled: Cancelled) -> Self {
        Fault::Cancelled(cancelled)
    }
}
