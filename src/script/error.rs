//! Errors of converting a script.

use std::borrow::Cow;

use thiserror::Error;

use crate::error::Remedy;

/// Why a script can't be converted to a session.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum ScriptError {
    #[error("the script is larger than 1 MiB")]
    TooLarge,
    #[error("the script is {0}, which is not plain text")]
    NotText(&'static str),
    #[error("the script is not text in UTF-8")]
    Encoding,
    #[error("there are no words to speak in the script")]
    NoWords,
    #[error("the script has more parts than one session can hold")]
    TooLong,
    #[error("line {line} of the script is not well-formed XML: {reason}")]
    Xml { line: usize, reason: String },
    #[error("line {line} of the script is not valid JSON: {reason}")]
    Json { line: usize, reason: String },
    #[error("the script is JSON of an unknown format")]
    UnknownJson,
}

impl Remedy for ScriptError {
    fn help(&self) -> Option<Cow<'_, str>> {
        let help = match self {
            Self::TooLarge | Self::TooLong => "split it into several sessions",
            Self::NotText(_) => {
                "open it in the program that made it, and save or export it as plain text (.txt) in UTF-8"
            }
            Self::Encoding => "open it in a text editor, and save it with the encoding UTF-8",
            Self::NoWords => {
                "check that it is the right file; in a script with quoted speech, only the quotations are spoken"
            }
            Self::Xml { .. } => "correct it there: each <tag> needs its </tag>, and & is written &amp;",
            Self::Json { .. } => "correct it there, or save the script as plain text",
            Self::UnknownJson => {
                "use an array of steps with a `type`, or `segments` with `phrases`; or save the script as plain text"
            }
        };
        Some(help.into())
    }
}
