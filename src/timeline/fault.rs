//! Why a session has no timeline, and what to do about it.

use std::fmt;
use std::time::Duration;

use super::facts::ClipKey;
use super::fit::Range;
use crate::manifest::duration;

/// Why there is no such timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A clip was not probed, or could not be.
    ClipUnknown(ClipKey),
    /// It can't be made so long or so short.
    Length {
        /// What was wanted.
        wanted: Duration,
        /// What is possible.
        possible: Range,
    },
    /// More cues, or a longer session, than any listener can use.
    TooMuch(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::ClipUnknown(key) => write!(formatter, "the clip {} can't be read", key.name()),
            Self::Length { wanted, .. } => {
                write!(formatter, "the session can't be fitted to {}", duration::format(*wanted))
            }
            Self::TooMuch(what) => formatter.write_str(what),
        }
    }
}

impl Fault {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::ClipUnknown(_) => "`karuna check` says what is the matter with it".to_owned(),
            Self::Length { possible, .. } => {
                let Some((shortest, longest)) = possible.typed() else {
                    return "its length is fixed; leave --length out".to_owned();
                };
                let (low, high) = (duration::format(shortest), duration::format(longest));
                if possible.shortest == possible.longest {
                    return format!("its length is fixed at {low}; leave --length out");
                }
                if shortest == longest {
                    return format!("choose {low} or leave --length out; it hardly stretches");
                }
                format!("choose a length from {low} to {high}")
            }
            Self::TooMuch(_) => "divide it into several sessions".to_owned(),
        }
    }
}
