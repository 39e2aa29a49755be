//! Failures of commands, with a remedy.

use std::borrow::Cow;
use std::fmt;

/// Why a command failed, with a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// One sentence in lower case without a full stop, naming the file and the position.
    pub(crate) message: String,
    /// The remedy.
    pub(crate) help: String,
    /// Whether the arguments of the command were wrong.
    pub(crate) is_usage: bool,
}

impl Failure {
    /// Creates a failure with its remedy.
    #[must_use]
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), is_usage: false }
    }

    /// Creates a failure because of wrong arguments.
    #[must_use]
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { is_usage: true, ..Self::new(message, help) }
    }
}

/// An error with a remedy.
pub trait Remedy: std::error::Error {
    /// Returns the remedy as one sentence in lower case without a full stop.
    fn help(&self) -> Option<Cow<'_, str>>;
}

impl<E: Remedy> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(error.to_string(), error.help().unwrap_or_default())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}\n  help: {}", self.message, self.help)
    }
}

impl std::error::Error for Failure {}

/// Returns the message of a system error without its number.
#[must_use]
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
