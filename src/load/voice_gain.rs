//! The common gain of a session's recordings.

use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;

use super::clips;
use super::error::LoudnessError;
use crate::engine::VoiceGain;
use crate::io::clips::{ClipTable, DamagedClip};
use crate::manifest::Session;
use crate::manifest::session::ClipPath;
use crate::text::escape_controls;
use crate::units::{Decibels, Lufs};

pub(super) const ALL_CLIPS_SILENT: &str = "all clips of this session are silent";

/// A problem found while recordings were measured. Displayed as a sentence.
#[derive(Debug)]
pub(crate) enum GainEvent {
    /// A clip is truncated or damaged.
    ClipDamaged(DamagedClip),
    /// All clips are silent.
    AllClipsSilent,
    /// The gain can't be determined, so the recordings can't be played.
    Failed(LoudnessError),
}

impl fmt::Display for GainEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::ClipDamaged(damage) => {
                write!(formatter, "{}; {}", escape_controls(&damage.to_string()), damage.consequence())
            }
            Self::AllClipsSilent => formatter.write_str(ALL_CLIPS_SILENT),
            Self::Failed(error) => error.fmt(formatter),
        }
    }
}

/// The recorded narration of a session, and its target level.
pub(super) struct NarrationClips {
    clips: Arc<ClipTable>,
    paths: Vec<ClipPath>,
    level: Lufs,
}

impl NarrationClips {
    pub(super) fn of(session: &Session, clips: Arc<ClipTable>) -> Self {
        Self { clips, paths: clips::narration(session), level: session.levels.voice }
    }

    /// Returns the common gain, and reports problems with any clip. Decodes clips whose loudness is not cached.
    pub(super) fn gain(&self, report: &impl Fn(GainEvent)) -> Decibels {
        let loudness = self.clips.pooled_loudness(&self.paths);
        self.clips.damaged_clips().into_iter().map(GainEvent::ClipDamaged).for_each(report);
        if loudness.is_none() && !self.paths.is_empty() {
            report(GainEvent::AllClipsSilent);
        }
        gain_to_level(self.level, loudness)
    }

    /// Determines the common gain, immediately if every clip is cached, otherwise on a background thread.
    pub(super) fn measure(self, report: impl Fn(GainEvent) + Send + Sync + 'static) -> VoiceGain {
        if self.clips.are_analysed(&self.paths) {
            return VoiceGain::new(self.gain(&report).into());
        }
        measure_on_thread(move |report| self.gain(&report), report)
    }
}

/// Determines a gain on a background thread, or on the caller's if none can be started. If that fails, the gain stays unset.
fn measure_on_thread(
    measure: impl Fn(&dyn Fn(GainEvent)) -> Decibels + Send + Sync + 'static,
    report: impl Fn(GainEvent) + Send + Sync + 'static,
) -> VoiceGain {
    let gain = VoiceGain::default();
    let result = gain.clone();
    let work = Arc::new(move || match panic::catch_unwind(AssertUnwindSafe(|| measure(&report))) {
        Ok(gain) => drop(result.set(gain)),
        Err(_) => report(GainEvent::Failed(LoudnessError)),
    });
    let on_thread = work.clone();
    if thread::Builder::new().name("loudness".to_owned()).spawn(move || on_thread()).is_err() {
        work();
    }
    gain
}

/// Returns the gain from the pooled loudness of clips to a level; 0 dB if all of them are silent.
pub(super) fn gain_to_level(level: Lufs, pooled: Option<Lufs>) -> Decibels {
    pooled.map_or(Decibels::UNITY, |pooled| level - pooled)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_panic_while_measuring_is_reported() {
        let (sender, events) = mpsc::channel();
        let gain = measure_on_thread(|_| panic!("as the test wants it"), move |event| sender.send(event).unwrap());
        assert!(matches!(events.recv(), Ok(GainEvent::Failed(_))));
        assert!(events.recv().is_err(), "nothing else is reported");
        assert_eq!(gain.get(), None);
    }
}
