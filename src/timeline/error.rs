//! Errors of building a timeline.

use std::borrow::Cow;
use std::time::Duration;

use super::facts::ClipKey;
use super::length_range::LengthRange;
use super::programme::ProgrammeKind;
use crate::error::Remedy;
use crate::manifest::duration;

/// Why a timeline can't be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TimelineError {
    /// The facts do not contain a clip, because it could not be read.
    #[error("the clip {} can't be read", .0.name())]
    UnknownClip(ClipKey),
    /// The silences can't be scaled to the requested length.
    #[error("the session can't be fitted to {}", duration::format(*requested))]
    UnreachableLength {
        /// The requested length.
        requested: Duration,
        /// The possible lengths.
        possible: LengthRange,
    },
    /// A programme has more cues than this limit.
    #[error("the {0} has more than {1} strikes and clips (a bed counts as one)")]
    TooManyCues(ProgrammeKind, usize),
    /// A programme is longer than 24 hours.
    #[error("the {0} is longer than 24 hours")]
    TooLong(ProgrammeKind),
}

impl Remedy for TimelineError {
    fn help(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::UnknownClip(_) => "run `karuna check` to see what is wrong with it".into(),
            Self::UnreachableLength { possible, .. } => suggest_length(*possible).into(),
            Self::TooManyCues(kind, _) | Self::TooLong(kind) => kind.shortening().into(),
        })
    }
}

fn suggest_length(possible: LengthRange) -> String {
    let Some((shortest, longest)) = possible.suggested() else {
        return "its length is fixed; leave out --length".to_owned();
    };
    let (low, high) = (duration::format(shortest), duration::format(longest));
    if possible.shortest == possible.longest {
        return format!("its length is fixed at {low}; leave out --length");
    }
    if shortest == longest {
        return format!("choose {low}, or leave out --length; the session hardly stretches");
    }
    format!("choose a length from {low} to {high}")
}
