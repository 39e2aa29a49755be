//! The source of playback: the timelines of a session, their clips, and the gain of the recordings.

use crate::engine::VoiceGain;
use crate::load::{LoadedSession, ProgrammeError};
use crate::player::{self, AudioCallback, ClipSources, PlayerHandle, StartPoint, TimelineVersion};
use crate::units::Rate;

/// The source of playback, as far as it is known.
#[derive(Clone)]
pub(crate) struct PlaybackSource {
    pub(crate) version: TimelineVersion,
    pub(crate) gain: VoiceGain,
    /// Whether some lines are still being spoken.
    pub(crate) awaits_speech: bool,
}

impl PlaybackSource {
    /// Builds the timelines of a session, as far as its speech is known.
    pub(crate) fn new(session: &LoadedSession, rate: Rate, gain: VoiceGain) -> Result<Self, ProgrammeError> {
        let programmes = session.programmes(rate)?;
        let clips = ClipSources::new(&programmes, |timeline| session.clips.source(timeline));
        let version = TimelineVersion { programmes, clips };
        Ok(Self { version, gain, awaits_speech: session.awaits_speech() })
    }

    /// Returns the rate of the rendering.
    pub(crate) fn rate(&self) -> Rate {
        self.version.programmes.rate()
    }

    /// Starts a player.
    pub(crate) fn start(&self, from: StartPoint) -> (AudioCallback, PlayerHandle) {
        player::start(self.version.clone(), self.gain.clone(), from)
    }
}
