//! A loaded session.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::error::ProgrammeError;
use super::voice_gain::{GainEvent, NarrationClips};
use crate::engine::VoiceGain;
use crate::io::clips::{ClipTable, LineSpeech};
use crate::io::library::ManifestFile;
use crate::manifest::Session;
use crate::timeline::{
    self, LengthRange, Programme, Programmes, SessionFacts, Shape, SpeechKey, Timeline, TimelineError,
};
use crate::units::{Decibels, Rate};

/// A session that can be shown, played or rendered.
#[derive(Clone)]
pub struct LoadedSession {
    pub(crate) manifest: ManifestFile,
    pub(crate) session: Session,
    pub(crate) clips: Arc<ClipTable>,
    pub(super) facts: SessionFacts,
    pub(super) shape: Shape,
    /// The names of the engines for lines without a recording.
    pub(super) speakers: BTreeSet<String>,
}

impl LoadedSession {
    /// Returns the session as its manifest describes it.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Adds the speech of a pending line; with `None`, its words are shown.
    pub(crate) fn add_speech(&mut self, key: SpeechKey, speech: Option<LineSpeech>) {
        let clips = Arc::make_mut(&mut self.clips);
        let facts = speech.and_then(|speech| {
            self.facts.set_word_times(key.clone(), speech.word_times.clone());
            clips.add_speech(key.clone(), speech)
        });
        self.facts.set_speech(key, facts);
    }

    /// Returns whether lines are still being spoken.
    pub(crate) fn awaits_speech(&self) -> bool {
        self.facts.has_pending_speech()
    }

    /// Builds the timeline of the session itself at a rate.
    ///
    /// # Errors
    /// If the session can't be fitted to the requested length, or is too long.
    pub fn timeline(&self, rate: Rate) -> Result<Timeline, ProgrammeError> {
        self.build(Programme::SESSION, rate)
    }

    /// Builds the timelines of the session, its gentler passage and its closing.
    pub(crate) fn programmes(&self, rate: Rate) -> Result<Programmes, ProgrammeError> {
        timeline::build_all(&self.session, &self.facts, &self.shape, rate).map_err(|error| self.error(error))
    }

    /// Returns the lengths that the session can be fitted to.
    ///
    /// # Errors
    /// If the session is too long.
    pub fn length_range(&self, rate: Rate) -> Result<LengthRange, ProgrammeError> {
        timeline::length_range(&self.session, &self.facts, &self.shape, rate).map_err(|error| self.error(error))
    }

    /// Returns the common gain of the session's recordings, and reports problems with them. Decodes those that are not cached.
    pub(crate) fn voice_gain(&self, report: impl Fn(GainEvent)) -> Decibels {
        self.narration().gain(&report)
    }

    /// Determines the common gain, in the background if that requires decoding. If it fails, the gain stays unset, and the error is
    /// reported.
    pub(crate) fn measure_voice_gain(&self, report: impl Fn(GainEvent) + Send + Sync + 'static) -> VoiceGain {
        self.narration().measure(report)
    }

    fn narration(&self) -> NarrationClips {
        NarrationClips::of(&self.session, self.clips.clone())
    }

    fn build(&self, programme: Programme, rate: Rate) -> Result<Timeline, ProgrammeError> {
        let timeline = timeline::build(&self.session, programme, &self.facts, &self.shape, rate);
        timeline.map_err(|error| self.error(error))
    }

    fn error(&self, source: TimelineError) -> ProgrammeError {
        ProgrammeError { session: self.manifest.name.clone(), source }
    }
}
