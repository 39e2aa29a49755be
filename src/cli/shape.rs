//! The options that adapt a session to a listener.

use std::time::Duration;

use clap::Args;

use super::values::{SoundKind, length, level};
use crate::timeline::{LengthChoice, LevelChange, Shape};

/// Options that make a session fit a listener; the same for show, play and render.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub(crate) struct ShapeArguments {
    /// Stretch or shrink the silences so that the session has this length, such as 20m
    #[arg(long, value_name = "T", value_parser = length, conflicts_with = "audition")]
    pub(crate) length: Option<Duration>,
    /// Leave out lines with this tag (touch, breath, body, eyes-closed, imagery, pain, or the session's own); separate several by commas [setting, for play: avoid]
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub(crate) avoid: Vec<String>,
    /// Mute the bells, without changing the length
    #[arg(long)]
    pub(crate) no_bell: bool,
    /// Change a level, or turn it off, as in bell=-6 or bed=off [setting, for play: levels]
    #[arg(long, value_name = "voice|bell|bed=DB|off", value_parser = level)]
    pub(crate) level: Vec<(SoundKind, LevelChange)>,
    /// The voice for lines without a clip: the best available speech engine, none (their words are shown), or one by its name. The name of a narrator plays that narrator's recordings where they exist [setting: voice] [default: auto]
    #[arg(long, value_name = "auto|none|ENGINE")]
    pub(crate) voice: Option<String>,
    /// Shorten each silence to a second, to hear the lines without waiting
    #[arg(long)]
    pub(crate) audition: bool,
}

impl ShapeArguments {
    /// Returns the shape described by these arguments.
    #[must_use]
    pub(crate) fn shape(&self) -> Shape {
        let length = match self.length {
            Some(length) => LengthChoice::Fitted(length),
            None if self.audition => LengthChoice::Audition,
            None => LengthChoice::Natural,
        };
        let mut shape = Shape { length, avoid: self.avoid.clone(), no_bell: self.no_bell, ..Shape::default() };
        for (part, change) in &self.level {
            match part {
                SoundKind::Voice => shape.voice = *change,
                SoundKind::Bell => shape.bell = *change,
                SoundKind::Bed => shape.bed = *change,
            }
        }
        shape
    }
}
