//! Errors of the player.

use std::borrow::Cow;
use std::io;

use crate::error::Remedy;

/// A failure of the feeder thread, after which there is only silence.
#[derive(Debug, thiserror::Error)]
pub enum PlayerError {
    /// The thread could not be started.
    #[error("the thread that renders ahead could not be started")]
    FeederNotStarted(#[source] io::Error),
    /// The thread panicked, with this message.
    #[error("the thread that renders ahead has failed: {0}")]
    FeederPanicked(String),
}

impl Remedy for PlayerError {
    fn help(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::FeederNotStarted(_) => {
                "close other programs, or raise the limit of threads (ulimit -u), and play again"
            }
            Self::FeederPanicked(_) => "this is a bug in karuna; please report it with the session that was playing",
        }))
    }
}
