//! Renders a timeline to blocks of stereo frames, from any playhead. The result depends neither on the size of the blocks nor on the
//! earlier playheads. The engine is unaware of its caller.

mod looped;
mod mixer;
mod resampled;
pub(crate) mod source;
mod voice;

use std::sync::{Arc, OnceLock};

pub(crate) use resampled::Resampled;
pub use source::{ClipOpenError, ClipReader, ClipSource};

use crate::dsp::limiter::Limiter;
use crate::timeline::Timeline;
use crate::units::{Decibels, Frame, Frames, SILENCE};
use mixer::Mixer;

/// The common gain of a session's narration, which may become known only while the session plays.
pub type VoiceGain = Arc<OnceLock<Decibels>>;

/// The number of frames fed to the limiter at once.
const CHUNK_FRAMES: usize = 1024;

/// Renders one programme.
pub struct Engine {
    mixer: Mixer,
    limiter: Limiter,
    /// The next frame to render.
    playhead: Frames,
    /// Frames that the limiter must still be fed before its output is at the playhead.
    behind: usize,
    sum: Vec<Frame>,
    discarded: Vec<Frame>,
}

impl Engine {
    /// Creates an engine at frame 0. No clip sounds before `voice` is set.
    #[must_use]
    pub fn new(timeline: Arc<Timeline>, clips: Arc<dyn ClipSource>, voice: VoiceGain) -> Self {
        let limiter = Limiter::new(timeline.rate);
        let mut engine = Self {
            mixer: Mixer::new(timeline, clips, voice),
            limiter,
            playhead: Frames::ZERO,
            behind: 0,
            sum: vec![SILENCE; CHUNK_FRAMES],
            discarded: vec![SILENCE; CHUNK_FRAMES],
        };
        engine.seek(Frames::ZERO);
        engine
    }

    /// Returns the timeline.
    #[must_use]
    pub fn timeline(&self) -> &Arc<Timeline> {
        self.mixer.timeline()
    }

    /// Returns the next frame to render.
    #[must_use]
    pub fn playhead(&self) -> Frames {
        self.playhead
    }

    /// Moves the playhead. Beyond the end there is silence.
    pub fn seek(&mut self, frame: Frames) {
        let history = self.limiter.history();
        let start = frame.saturating_sub(history);
        self.limiter.reset();
        self.mixer.seek(start);
        self.playhead = frame;
        self.behind = (frame - start).index() + self.limiter.lookahead().index();
    }

    /// Returns how many frames from the playhead on are certain to be digital silence. They may be skipped by [`Engine::seek`].
    #[must_use]
    pub(crate) fn silence_ahead(&self) -> Frames {
        self.mixer.silence_from(self.playhead)
    }

    /// Takes the errors of clips since the last call, one sentence each. The clips are replaced by silence. The same error may be returned for
    /// several cues.
    pub fn take_clip_errors(&mut self) -> impl Iterator<Item = String> {
        self.mixer.take_clip_errors()
    }

    /// Returns whether nothing more of this timeline can be rendered, because the next frames depend on speech that is still being made.
    #[must_use]
    pub(crate) fn is_at_horizon(&self) -> bool {
        self.mixer.is_at_horizon()
    }

    /// Renders the next frames and advances the playhead. Returns their number: all, unless a clip starts before the session's gain is
    /// known, or the timeline's horizon is reached.
    pub fn render(&mut self, block: &mut [Frame]) -> usize {
        if !self.catch_up() {
            return 0;
        }
        let mut done = 0;
        while done < block.len() {
            let count = CHUNK_FRAMES.min(block.len() - done);
            let summed = self.mixer.render(&mut self.sum[..count]);
            self.limiter.process(&self.sum[..summed], &mut block[done..done + summed]);
            done += summed;
            if summed < count {
                break;
            }
        }
        self.playhead += Frames(done as u64);
        done
    }

    /// Feeds the limiter the frames before the playhead, and its look-ahead.
    fn catch_up(&mut self) -> bool {
        while self.behind > 0 {
            let count = CHUNK_FRAMES.min(self.behind);
            let summed = self.mixer.render(&mut self.sum[..count]);
            self.limiter.process(&self.sum[..summed], &mut self.discarded[..summed]);
            self.behind -= summed;
            if summed < count {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
