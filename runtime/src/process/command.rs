//! What a child can be started from.

use std::io;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command};

/// A command that a child can be started from: the standard library's, or tokio's, whose streams are tokio's then.
///
/// Of tokio's, `kill_on_drop` does not count: the child is this module's. It needs a runtime where it is started.
pub trait SpawnedChild: Sealed {
    /// The other end of its standard input.
    type Stdin;
    /// The other end of its standard output.
    type Stdout;
    /// The other end of its standard error.
    type Stderr;
}

/// Nothing else is a command.
pub trait Sealed {
    #[doc(hidden)]
    fn as_std_mut(&mut self) -> &mut Command;

    /// Whether one can be started here at all.
    #[doc(hidden)]
    fn check() -> io::Result<()> {
        Ok(())
    }

    #[doc(hidden)]
    fn streams(streams: Streams) -> io::Result<StreamsOf<Self>>
    where
        Self: SpawnedChild + Sized;
}

/// A [`SpawnedChild`], or a reference to one, which is what the methods of a command return.
pub trait IntoCommand {
    /// Which.
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

impl<P: SpawnedChild> IntoCommand for &mut P {
    type Command = P;

    fn as_command(&mut self) -> &mut P {
        self
    }
}

/// What the standard library has made of a child's streams.
#[derive(Debug, Default)]
pub struct Streams {
    pub(super) stdin: Option<ChildStdin>,
    pub(super) stdout: Option<ChildStdout>,
    pub(super) stderr: Option<ChildStderr>,
}

/// What the program gets of them.
pub(super) type StreamsOf<P> = (
    Option<<P as SpawnedChild>::Stdin>,
    Option<<P as SpawnedChild>::Stdout>,
    Option<<P as SpawnedChild>::Stderr>,
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
        // The streams are the runtime's.
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
