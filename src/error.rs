//! What could not be done, in one sentence, and the remedy.

use std::borrow::Cow;
use std::fmt;

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One sentence in lower case without a full stop, naming the file and the place.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The arguments of the command were wrong.
    pub is_usage: bool,
}

impl Failure {
    /// A failure and its remedy.
    #[must_use]
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), is_usage: false }
    }

    /// A failure because of wrong arguments.
    #[must_use]
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { is_usage: true, ..Self::new(message, help) }
    }
}

/// An error that can say what to do about it.
pub trait Remedy: std::error::Error {
    /// Returns what to do about it, as one sentence in lower case without a full stop.
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

/// What the system says, without its error number.
#[must_use]
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
