//! What a child can be started from: a command, as the standard library or tokio has it.

use std::io;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command};

/// A command that a child can be started from, the standard library's or tokio's. It says which types the child's
/// streams have.
///
/// A tokio command has to be started inside a runtime. Its `kill_on_drop` does not count, since the child is this
/// module's.
pub trait SpawnedChild: Sealed {
    /// The other end of a child's standard input.
    type Stdin;
    /// The other end of a child's standard output.
    type Stdout;
    /// The other end of a child's standard error.
    type Stderr;
}

/// No other type is a command.
pub trait Sealed {
    #[doc(hidden)]
    fn as_std_mut(&mut self) -> &mut Command;

    /// Fails where no child can be started on this thread.
    #[doc(hidden)]
    fn check() -> io::Result<()> {
        Ok(())
    }

    #[doc(hidden)]
    fn streams(streams: Streams) -> io::Result<StreamsOf<Self>>
    where
        Self: SpawnedChild + Sized;
}

/// What a child can be started from: a command, or a reference to one, which is what the methods of a command return.
pub trait IntoCommand {
    /// The type of the command.
    type Command: SpawnedChild;

    #[doc(hidden)]
    fn as_command(&mut self) -> &mut Self::Command;
}

impl IntoCommand for Command {
    type Command = Command;

    fn as_command(&mut self) -> &mut Command {
        self
    }
}

#[cfg(feature = "tokio")]
impl IntoCommand for tokio::process::Command {
    type Command = tokio::process::Command;

    fn as_command(&mut self) -> &mut tokio::process::Command {
        self
    }
}

impl<C: SpawnedChild> IntoCommand for &mut C {
    type Command = C;

    fn as_command(&mut self) -> &mut C {
        self
    }
}

/// A child's streams, as the standard library has made them.
#[derive(Debug, Default)]
pub struct Streams {
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: Option<ChildStdout>,
    pub(super) stderr: Option<ChildStderr>,
}

/// A child's streams, as the program gets them.
pub(super) type StreamsOf<C> = (
    Option<<C as SpawnedChild>::Stdin>,
    Option<<C as SpawnedChild>::Stdout>,
    Option<<C as SpawnedChild>::Stderr>,
);

impl SpawnedChild for Command {
    type Stdin = ChildStdin;
    type Stdout = ChildStdout;
    type Stderr = ChildStderr;
}

impl Sealed for Command {
    fn as_std_mut(&mut self) -> &mut Command {
        self
    }

    fn streams(streams: Streams) -> io::Result<StreamsOf<Self>> {
        Ok((streams.stdin, streams.stdout, streams.stderr))
    }
}

#[cfg(feature = "tokio")]
impl SpawnedChild for tokio::process::Command {
    type Stdin = tokio::process::ChildStdin;
    type Stdout = tokio::process::ChildStdout;
    type Stderr = tokio::process::ChildStderr;
}

#[cfg(feature = "tokio")]
impl Sealed for tokio::process::Command {
    fn as_std_mut(&mut self) -> &mut Command {
        self.as_std_mut()
    }

    fn check() -> io::Result<()> {
        // There has to be a runtime, since it polls the streams.
        let runtime = tokio::runtime::Handle::try_current();
        runtime.map(drop).map_err(io::Error::other)
    }

    fn streams(streams: Streams) -> io::Result<StreamsOf<Self>> {
        use tokio::process::{ChildStderr, ChildStdin, ChildStdout};

        let stdin = streams.stdin.map(ChildStdin::from_std).transpose()?;
        let stdout = streams.stdout.map(ChildStdout::from_std).transpose()?;
        let stderr = streams.stderr.map(ChildStderr::from_std).transpose()?;
        Ok((stdin, stdout, stderr))
    }
}
