//! Problems with the clips of a session.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::error::Remedy;
use crate::io::decode::{ClipDamage, DecodeError};
use crate::io::library::ClipPathError;
use crate::manifest::session::ClipPath;
use crate::units::{Frames, Rate};

/// A problem with a clip.
#[derive(Debug, Error)]
pub enum ClipError {
    /// It was not found.
    #[error(transparent)]
    Path(#[from] ClipPathError),
    /// It can't be played.
    #[error(transparent)]
    Decode(#[from] Arc<DecodeError>),
    /// It can be played, but a part of it is missing.
    #[error("{0}")]
    Damaged(DamagedClip),
}

impl Remedy for ClipError {
    fn help(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Path(error) => error.help(),
            Self::Decode(error) => error.help(),
            Self::Damaged(clip) if clip.damage.is_loss() => {
                Some("export it again from your recorder; until then the missing parts are silent".into())
            }
            Self::Damaged(_) => {
                Some("all of it is played; export it again for other programs to play all of it".into())
            }
        }
    }
}

/// A clip with a missing part, or with more audio than its file states. `Display` describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedClip {
    /// The clip.
    pub path: ClipPath,
    damage: ClipDamage,
    rate: Rate,
}

impl DamagedClip {
    /// Returns the consequence.
    #[must_use]
    pub(crate) fn consequence(&self) -> &'static str {
        if self.damage.is_loss() { "the missing parts are silent" } else { "all of it is played" }
    }

    /// Returns `None` if the clip is as its file states.
    pub(super) fn new(path: &ClipPath, damage: ClipDamage, rate: Rate) -> Option<Self> {
        (damage != ClipDamage::None).then(|| Self { path: path.clone(), damage, rate })
    }
}

impl fmt::Display for DamagedClip {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let name = self.path.as_str();
        let seconds = |frames: u64| Frames(frames).seconds(self.rate);
        match self.damage {
            ClipDamage::None => write!(formatter, "{name} is not damaged"),
            ClipDamage::CutShort { at } => write!(formatter, "{name} is cut short after {:.1} s", seconds(at)),
            ClipDamage::Gaps { first, frames } => write!(
                formatter,
                "{name} is damaged: {:.1} s are missing from {:.1} s on",
                seconds(frames),
                seconds(first)
            ),
            ClipDamage::Understated { frames } => {
                write!(formatter, "{name} contains more sound than the {:.1} s that its header states", seconds(frames))
            }
        }
    }
}
