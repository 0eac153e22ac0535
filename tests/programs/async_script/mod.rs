//! The scripts of [`script`](crate::script), carried out in a task: a step that waits is awaited.

mod executor;
pub(crate) mod input;
mod losing;
mod steps;
mod tokio_only;

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

use aplomb::Shutdown;

pub(crate) use executor::executor;

use crate::script::{Failure, script};

/// A script that is carried out.
pub(crate) type Performance = Pin<Box<dyn Future<Output = Result<ExitCode, Failure>> + Send>>;

/// Carries out the script of that name.
pub(crate) fn perform(name: &'static str, shutdown: &Shutdown) -> Performance {
    let (steps, shutdown) = (script(name), shutdown.clone());
    Box::pin(async move {
        let code = steps::all(steps, shutdown).await?;
        Ok(code.unwrap_or(ExitCode::SUCCESS))
    })
}

/// Does what [`perform`] does, inside a function that borrows and is shielded by the attribute.
#[aplomb::shielded(inline)]
async fn inline(name: &'static str, shutdown: &Shutdown) -> Result<ExitCode, Failure> {
    perform(name, shutdown).await
}

/// Does what [`perform`] does, inside a shielded function that owns what it takes, and so is a task of its own.
#[aplomb::shielded]
async fn owned(name: &'static str, shutdown: Shutdown) -> Result<ExitCode, Failure> {
    perform(name, &shutdown).await
}
