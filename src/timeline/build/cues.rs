//! Adds cues, each with its source and the gain that brings it to its level.

use std::sync::Arc;

use super::builder::TimelineBuilder;
use crate::dsp::beds;
use crate::dsp::bells::{self, Bell, BellStrike};
use crate::manifest::session::{BedSpec, BellSound, CustomBell};
use crate::timeline::cue::{Cue, CueSource};
use crate::timeline::cursor::TimelineCursor;
use crate::timeline::error::TimelineError;
use crate::timeline::facts::ClipKey;
use crate::units::{Decibels, Frames};

impl<'inputs> TimelineBuilder<'inputs> {
    /// Adds a spoken line.
    pub(super) fn add_clip(&mut self, clip: ClipKey, gain: Decibels, start: Frames, frames: Frames) {
        if !self.shape.voice.is_audible() {
            return;
        }
        let name = clip.name().to_owned();
        let (source, gain) = match &clip {
            ClipKey::Speech(_) => (CueSource::Speech(self.clip_index(clip)), gain + self.gains.speech()),
            ClipKey::Bundled(_) => {
                let loudness = self.facts.get(&clip).and_then(|facts| facts.integrated);
                let level = loudness.map_or(Decibels::UNITY, |loudness| self.gains.bundled_recording(loudness));
                (CueSource::Speech(self.clip_index(clip)), gain + level)
            }
            ClipKey::File(_) => (CueSource::Recording(self.clip_index(clip)), gain + self.shape.voice.gain()),
        };
        self.add_cue(name, source, start, frames, gain);
    }

    pub(super) fn add_strike(&mut self, name: &str, at: TimelineCursor) -> Result<(), TimelineError> {
        if !self.shape.has_bells() {
            return Ok(());
        }
        let rate = self.timeline.rate;
        let start = at.frame(rate);
        match self.session.bells.get(name) {
            Some(CustomBell { level, sound: BellSound::Clip(clip) }) => {
                let key = ClipKey::File(clip.value.clone());
                let facts = *self.facts.get(&key).ok_or_else(|| TimelineError::UnknownClip(key.clone()))?;
                let gain = facts.momentary.map_or(Decibels::UNITY, |loudness| self.gains.custom_bell(*level, loudness));
                let source = CueSource::BellClip(self.clip_index(key));
                self.add_cue(name.to_owned(), source, start, facts.rate.convert(facts.frames, rate), gain);
            }
            Some(CustomBell { level, sound: BellSound::Modes(bell) }) => {
                let gain = match self.modal_gains.get(name) {
                    Some(gain) => *gain,
                    None => self.gains.custom_bell(*level, bells::max_momentary_loudness(bell)),
                };
                self.modal_gains.insert(name.to_owned(), gain);
                self.add_modal_strike(name, start, gain, || Arc::new((**bell).clone()));
            }
            None => {
                if let Some(bell) = Bell::built_in(name) {
                    self.add_modal_strike(name, start, self.gains.built_in_bell(), || Arc::new(bell.clone()));
                }
            }
        }
        self.check_limits()
    }

    fn add_modal_strike(&mut self, name: &str, start: Frames, gain: Decibels, bell: impl FnOnce() -> Arc<Bell>) {
        let index = *self.bell_indices.entry(name.to_owned()).or_insert_with(|| {
            self.timeline.bells.push(bell());
            self.timeline.bells.len() - 1
        });
        let rate = self.timeline.rate;
        let bell = &self.timeline.bells[index];
        let frames = *self.strike_lengths.entry(index).or_insert_with(|| BellStrike::new(bell, rate, 1.0).length());
        self.add_cue(name.to_owned(), CueSource::BellStrike(index), start, frames, gain);
    }

    /// Returns the beds in order: the segment and the frame at which each starts. `None` stands for no bed.
    pub(super) fn beds(&self) -> Vec<(usize, Frames, Option<&'inputs BedSpec>)> {
        let mut beds = vec![(0, Frames::ZERO, self.first_bed)];
        if !self.shape.bed.is_audible() {
            return vec![(0, Frames::ZERO, None)];
        }
        for (segment, bed) in &self.bed_changes {
            let start = self.timeline.segments[*segment].start;
            if beds.last().is_some_and(|(_, last, _)| *last == start) {
                beds.pop();
            }
            if beds.last().is_none_or(|(_, _, last)| last.map(BedSpec::name) != bed.map(BedSpec::name)) {
                beds.push((*segment, start, *bed));
            }
        }
        beds
    }

    /// Adds the beds. The first one starts with the first segment, and the last one fades out after the last. Two successive beds are
    /// crossfaded from the start of the segment that changes the bed.
    pub(super) fn add_beds(&mut self, beds: &[(usize, Frames, Option<&BedSpec>)]) {
        let ends = beds.iter().skip(1).map(|(_, start, _)| *start).chain([self.timeline.frames]).collect::<Vec<_>>();
        for ((segment, start, bed), end) in beds.iter().zip(ends) {
            if let Some(bed) = bed {
                self.add_bed(*segment, bed, *start, end);
            }
        }
    }

    /// Adds a bed that fades out from `end` on.
    fn add_bed(&mut self, segment: usize, bed: &BedSpec, start: Frames, end: Frames) {
        let frames = end + self.timeline.rate.frames(beds::FADE_OUT) - start;
        let (name, source, gain) = match bed {
            BedSpec::Named(name) => {
                let gain = self.gains.built_in_bed(beds::masking_correction(name));
                (name.clone(), CueSource::Bed(name.clone()), gain)
            }
            BedSpec::Clip(clip) => {
                let key = ClipKey::File(clip.value.clone());
                let loudness = self.facts.get(&key).and_then(|facts| facts.integrated);
                let gain = loudness.map_or(Decibels::UNITY, |loudness| self.gains.bed_clip(loudness));
                (clip.value.as_str().to_owned(), CueSource::BedClip(self.clip_index(key)), gain)
            }
        };
        self.timeline.cues.push(Cue { segment, name, source, start, frames, gain });
    }

    /// Adds a cue of the segment that is being built.
    fn add_cue(&mut self, name: String, source: CueSource, start: Frames, frames: Frames, gain: Decibels) {
        let segment = self.timeline.segments.len();
        self.timeline.cues.push(Cue { segment, name, source, start, frames, gain });
    }

    fn clip_index(&mut self, key: ClipKey) -> usize {
        *self.clip_indices.entry(key).or_insert_with_key(|key| {
            self.timeline.clips.push(key.clone());
            self.timeline.clips.len() - 1
        })
    }
}
