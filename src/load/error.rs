//! Errors of loading a session.

use std::borrow::Cow;

use thiserror::Error;

use crate::error::Remedy;
use crate::io::library::LibraryError;
use crate::manifest::{Finding, Severity};
use crate::speech::VoiceError;
use crate::text::escape_controls;
use crate::timeline::TimelineError;

/// Why a session can't be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The manifest can't be found or read.
    #[error(transparent)]
    Manifest(#[from] LibraryError),
    /// The manifest has errors.
    #[error("the manifest has errors")]
    Invalid {
        /// The text of the manifest.
        text: String,
        /// The errors in it.
        findings: Vec<Finding>,
    },
    /// An avoided tag is neither a common one nor in the session, so it may be misspelt.
    #[error("no line of this session has the tag `{}`", escape_controls(tag))]
    UnknownTag {
        /// The tag.
        tag: String,
        /// The tag that was probably meant.
        suggestion: Option<String>,
        /// The tags of the session.
        tags: Vec<String>,
    },
    /// The chosen voice can't speak the session.
    #[error(transparent)]
    Voice(#[from] VoiceError),
    /// The observer interrupted.
    #[error("the session was not loaded: it was interrupted")]
    Interrupted,
}

impl LoadError {
    /// Errors in a manifest; warnings are left out.
    pub(super) fn invalid(text: String, mut findings: Vec<Finding>) -> Self {
        findings.retain(|finding| finding.severity == Severity::Error);
        Self::Invalid { text, findings }
    }
}

impl Remedy for LoadError {
    fn help(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Manifest(error) => error.help(),
            Self::Invalid { .. } => Some("`karuna check` shows them".into()),
            Self::UnknownTag { suggestion, tags, .. } => Some(tag_help(suggestion.as_deref(), tags).into()),
            Self::Voice(error) => error.help(),
            Self::Interrupted => None,
        }
    }
}

/// The maximum number of tags in a help.
const MAX_LISTED_TAGS: usize = 20;

fn tag_help(suggestion: Option<&str>, tags: &[String]) -> String {
    let listed = escape_controls(&tags[..tags.len().min(MAX_LISTED_TAGS)].join(", "));
    match (suggestion.map(escape_controls), tags) {
        (Some(tag), []) => format!("did you mean `{tag}`? This session has no tags"),
        (Some(tag), _) => format!("did you mean `{tag}`? The tags of this session are {listed}"),
        (None, []) => "this session has no tags; leave out --avoid".to_owned(),
        (None, _) => format!("the tags of this session are {listed}"),
    }
}

/// Why a loaded session has no timeline in this shape.
#[derive(Debug, Error)]
#[error("{session}: {source}")]
pub struct ProgrammeError {
    /// The name of the session.
    pub(super) session: String,
    pub(super) source: TimelineError,
}

impl Remedy for ProgrammeError {
    fn help(&self) -> Option<Cow<'_, str>> {
        self.source.help()
    }
}

/// Why the loudness of a session's recordings can't be measured.
#[derive(Debug, Error)]
#[error("the loudness of the recordings can't be measured")]
pub struct LoudnessError;

impl Remedy for LoudnessError {
    fn help(&self) -> Option<Cow<'_, str>> {
        Some("`karuna check` shows which of them is damaged; please report this as a bug".into())
    }
}
