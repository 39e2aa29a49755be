//! What is wrong with a clip of a session.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::error::Remedy;
use crate::io::decode::{ClipDamage, DecodeError};
use crate::io::library::ClipPathError;
use crate::manifest::session::ClipPath;
use crate::units::{Frames, Rate};

/// What is wrong with a clip.
#[derive(Debug, Error)]
pub enum ClipError {
    /// It was not found.
    #[error(transparent)]
    Path(#[from] ClipPathError),
    /// It can't be played.
    #[error(transparent)]
    Decode(#[from] Arc<DecodeError>),
    /// It can be played, but a part is missing.
    #[error("{0}")]
    Damaged(DamagedClip),
}

impl Remedy for ClipError {
    fn help(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Path(error) => error.help(),
            Self::Decode(error) => error.help(),
            Self::Damaged(_) => {
                Some("export it again from your recorder; until then the missing parts are silent".into())
            }
        }
    }
}

/// A clip with a part missing. `Display` describes what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedClip {
    /// The clip.
    pub path: ClipPath,
    damage: ClipDamage,
    rate: Rate,
}

impl DamagedClip {
    /// Returns `None` if nothing is missing.
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
        }
    }
}
