//! Why a lab ended early: one line for the reader, one exit status for the caller.

use std::{fmt, io};

/// An error that ends a lab before its report.
#[derive(Debug)]
pub enum Error {
    /// The command line asks for something that cannot be done; exit status 2.
    Usage(String),
    /// The run itself failed: a worker died, a process could not be started; exit status 1.
    Failure(String),
    /// The reader of standard output closed the pipe, as `| head` does. This is not a failure: exit status 0, and no message.
    ClosedPipe,
}

impl Error {
    /// Creates a failure that names what was being done when the operating system refused.
    pub fn io(doing: impl fmt::Display, error: io::Error) -> Self {
        Self::Failure(format!("{doing}: {error}"))
    }

    /// Returns the exit status of a process that ends with this error.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failure(_) => 1,
            Self::ClosedPipe => 0,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Failure(message) => formatter.write_str(message),
            Self::ClosedPipe => formatter.write_str("the reader of the output went away"),
        }
    }
}

impl std::error::Error for Error {}
