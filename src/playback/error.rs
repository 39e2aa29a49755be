//! Errors of playback.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use thiserror::Error;

use crate::error::Remedy;
use crate::io::device::DeviceError;
use crate::load::{LoudnessError, ProgrammeError};
use crate::manifest::duration;
use crate::player::PlayerError;
use crate::text::escape_controls;

/// Why an output could not be found or opened.
#[derive(Debug, Error)]
pub enum OpenOutputError {
    /// The device could not be found or opened.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// No thread could be started.
    #[error("the session can't be timed: {0}")]
    Thread(#[source] io::Error),
    /// The device was opened, but never asks for sound.
    #[error("the sound device does not request any sound")]
    Asleep,
    /// The thread that opened the output, or the output's own thread, has panicked.
    #[error("the output has failed")]
    Panicked,
}

impl Remedy for OpenOutputError {
    fn help(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(match self {
            Self::Device(error) => return error.help(),
            Self::Thread(_) => "close other programs",
            Self::Asleep => "choose another device; `karuna devices` lists them",
            Self::Panicked => REPORT,
        }))
    }
}

/// The remedy for errors that are bugs of this program.
const REPORT: &str = "this is a bug in karuna; please report it with the steps that led to it";

/// Why a session could not be started or played to its end.
#[derive(Debug, Error)]
pub enum PlaybackError {
    /// The timelines of the session can't be built.
    #[error(transparent)]
    Session(#[from] ProgrammeError),
    /// The loudness of the recordings can't be measured.
    #[error(transparent)]
    Loudness(#[from] LoudnessError),
    /// The output failed.
    #[error(transparent)]
    Output(#[from] OpenOutputError),
    /// The session has no segment with this id.
    #[error("there is no segment named `{}`", escape_controls(.id))]
    UnknownSegment {
        /// The requested id.
        id: String,
        /// The most similar id.
        nearest: Option<String>,
        /// The first ids of the session.
        ids: Vec<String>,
    },
    /// The start lies after the end of the session.
    #[error("{} is after the end", duration::format(*.start))]
    StartAfterEnd {
        /// The requested start.
        start: Duration,
        /// The length of the session.
        length: Duration,
    },
    /// No thread could be started.
    #[error("the session can't be played: {0}")]
    Thread(#[source] io::Error),
    /// The player failed and can't produce any more sound.
    #[error(transparent)]
    Player(#[from] PlayerError),
    /// A thread of this module has panicked.
    #[error("playback has failed")]
    Panicked,
}

impl Remedy for PlaybackError {
    fn help(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Session(error) => return error.help(),
            Self::Loudness(error) => return error.help(),
            Self::Output(error) => return error.help(),
            Self::UnknownSegment { nearest: Some(id), .. } => {
                format!("did you mean {}? To give a time, write it as in 2m30s", escape_controls(id)).into()
            }
            Self::UnknownSegment { ids, .. } if ids.is_empty() => "give a time such as 2m30s".into(),
            Self::UnknownSegment { ids, .. } => {
                format!("give a time such as 2m30s, or one of {}", escape_controls(&ids.join(", "))).into()
            }
            Self::StartAfterEnd { length, .. } => format!("the session is {} long", duration::format(*length)).into(),
            Self::Thread(_) => "close other programs".into(),
            Self::Player(error) => return error.help(),
            Self::Panicked => REPORT.into(),
        })
    }
}
