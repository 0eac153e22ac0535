//! The same phases, as async functions.

mod callback;
mod run;
mod start;
mod stop;

use super::{Absent, Access, End, Ended, Exclusive, Failure, MayFail, Shared, Started, shape};
use crate::Shutdown;
use crate::cleanup::Cleanup;

pub(crate) use callback::erase_async;
pub use callback::{AsyncCallback, AsyncCallbacks, AsyncErased, AsyncRegistered, Called};
pub use run::AsyncRun;
pub use start::AsyncStart;
pub use stop::AsyncStop;
