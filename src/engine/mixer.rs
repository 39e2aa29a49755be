//! Mixes the cues of a timeline.

use std::sync::Arc;

use super::VoiceGain;
use super::source::ClipSource;
use super::voice::Voice;
use crate::timeline::{Cue, Horizon, Timeline};
use crate::units::{Decibels, Frame, Frames, SILENCE};

/// The sum of a timeline's cues. Cues are added in a fixed order, so that the sum is bit-exact from every start.
pub(super) struct Mixer {
    timeline: Arc<Timeline>,
    clips: Arc<dyn ClipSource>,
    voice: VoiceGain,
    position: Frames,
    /// The first cue that has not started.
    upcoming: usize,
    active: Vec<ActiveCue>,
    /// The latest end of all cues that have started since the last seek. Later stages may delay its last frames.
    rings_until: Frames,
    /// Errors that have not been taken yet.
    errors: Vec<String>,
}

struct ActiveCue {
    cue: usize,
    voice: Voice,
    /// Whether its error has been reported.
    is_reported: bool,
}

impl ActiveCue {
    fn take_error(&mut self) -> Option<String> {
        let error = self.voice.first_error().filter(|_| !self.is_reported)?.to_owned();
        self.is_reported = true;
        Some(error)
    }
}

impl Mixer {
    pub(super) fn new(timeline: Arc<Timeline>, clips: Arc<dyn ClipSource>, voice: VoiceGain) -> Self {
        let (position, rings_until) = (Frames::ZERO, Frames::ZERO);
        Self { timeline, clips, voice, position, upcoming: 0, active: Vec::new(), rings_until, errors: Vec::new() }
    }

    pub(super) fn timeline(&self) -> &Arc<Timeline> {
        &self.timeline
    }

    pub(super) fn seek(&mut self, frame: Frames) {
        if frame != self.position {
            self.move_to(frame);
        }
        let ends = self.active.iter().map(|active| self.timeline.cues[active.cue].end());
        self.rings_until = ends.max().unwrap_or_default();
    }

    fn move_to(&mut self, frame: Frames) {
        self.position = frame;
        let begun = self.timeline.cues.partition_point(|cue| cue.start < frame);
        self.upcoming = begun;
        let timeline = &self.timeline;
        let continues = |cue: usize| cue < begun && timeline.cues[cue].end() > frame;
        self.active.retain(|active| continues(active.cue));
        let missing: Vec<_> =
            (0..begun).filter(|cue| continues(*cue) && !self.active.iter().any(|active| active.cue == *cue)).collect();
        for cue in missing {
            let voice = self.open(cue);
            self.active.push(ActiveCue { cue, voice, is_reported: false });
        }
        self.active.sort_by_key(|active| active.cue);
    }

    /// Returns how many frames of silence follow a frame at or before the mixer's position.
    pub(super) fn silence_from(&self, frame: Frames) -> Frames {
        if self.rings_until > frame {
            return Frames::ZERO;
        }
        let next = self.timeline.cues[self.upcoming..].iter().map(|cue| cue.start).next();
        next.unwrap_or(self.timeline.end).saturating_sub(frame)
    }

    /// Fills the block with the next frames; fewer if a clip starts whose gain is not known yet, or at the horizon.
    pub(super) fn render(&mut self, block: &mut [Frame]) -> usize {
        let frames = self.frames_before_unknown_gain(block.len()).min(self.frames_before_horizon(block.len()));
        let block = &mut block[..frames];
        block.fill(SILENCE);
        let end = self.position + Frames(frames as u64);
        self.start_cues(end);
        for active in &mut self.active {
            let cue = &self.timeline.cues[active.cue];
            let gain = cue.total_gain(self.voice.get().copied().unwrap_or(Decibels::UNITY));
            add(cue, &mut active.voice, gain, self.position, block);
        }
        self.errors.extend(self.active.iter_mut().filter_map(ActiveCue::take_error));
        let timeline = &self.timeline;
        self.active.retain(|active| timeline.cues[active.cue].end() > end);
        self.position = end;
        frames
    }

    /// Takes the errors of clips since the last call.
    pub(super) fn take_clip_errors(&mut self) -> std::vec::Drain<'_, String> {
        self.errors.drain(..)
    }

    fn start_cues(&mut self, end: Frames) {
        while self.timeline.cues.get(self.upcoming).is_some_and(|cue| cue.start < end) {
            let voice = self.open(self.upcoming);
            self.rings_until = self.rings_until.max(self.timeline.cues[self.upcoming].end());
            self.active.push(ActiveCue { cue: self.upcoming, voice, is_reported: false });
            self.upcoming += 1;
        }
    }

    fn open(&self, number: usize) -> Voice {
        Voice::open(&self.timeline, &self.timeline.cues[number], self.clips.as_ref())
    }

    /// Returns how much of a block is final, while speech is still being made.
    fn frames_before_horizon(&self, frames: usize) -> usize {
        let certain = |horizon: Horizon| horizon.audio.saturating_sub(self.position).index();
        self.timeline.horizon.map_or(frames, |horizon| certain(horizon).min(frames))
    }

    /// Returns whether the position is at the horizon.
    pub(super) fn is_at_horizon(&self) -> bool {
        self.frames_before_horizon(1) == 0
    }

    /// Returns how much of a block can be rendered without the session's gain.
    fn frames_before_unknown_gain(&self, frames: usize) -> usize {
        if self.voice.get().is_some() {
            return frames;
        }
        if self.active.iter().any(|active| self.timeline.cues[active.cue].source.uses_voice_gain()) {
            return 0;
        }
        let next = self.timeline.cues[self.upcoming..].iter().find(|cue| cue.source.uses_voice_gain());
        next.map_or(frames, |cue| frames.min(cue.start.saturating_sub(self.position).index()))
    }
}

/// Adds the part of a cue that overlaps a block starting at `position`.
fn add(cue: &Cue, voice: &mut Voice, gain: Decibels, position: Frames, block: &mut [Frame]) {
    let end = position + Frames(block.len() as u64);
    let (first, last) = (cue.start.max(position), cue.end().min(end));
    if first < last {
        let part = (first - position).index()..(last - position).index();
        voice.add(first - cue.start, gain, &mut block[part]);
    }
}
