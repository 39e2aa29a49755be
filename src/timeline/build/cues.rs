//! What sounds: each cue with its source and the gain that brings it to its level.

use std::sync::Arc;

use super::super::facts::ClipKey;
use super::super::position::Position;
use super::super::{Cue, Sound};
use super::{Builder, Fault};
use crate::dsp::beds;
use crate::dsp::bells::{self, Bell, Strike};
use crate::manifest::session::{BedSpec, BellSound, CustomBell};
use crate::units::{Decibels, Frames};

impl Builder<'_> {
    pub(super) fn voice(&mut self, clip: ClipKey, gain: Decibels, start: Frames, frames: Frames) {
        if !self.shape.voice.sounds() {
            return;
        }
        let source = clip.name().to_owned();
        let is_speech = matches!(clip, ClipKey::Speech(_));
        let number = self.clip_number(clip);
        if is_speech {
            self.cue(source, Sound::Speech(number), start, frames, gain + self.mix.speech());
        } else {
            self.cue(source, Sound::Voice(number), start, frames, gain + self.shape.voice.gain());
        }
    }

    pub(super) fn strike(&mut self, name: &str, at: Position) -> Result<(), Fault> {
        if !self.shape.rings() {
            return Ok(());
        }
        let rate = self.timeline.rate;
        let start = at.frame(rate);
        match self.session.bells.get(name) {
            Some(CustomBell { level, sound: BellSound::Clip(clip) }) => {
                let key = ClipKey::File(clip.value.clone());
                let facts = *self.facts.get(&key).ok_or_else(|| Fault::ClipUnknown(key.clone()))?;
                let gain = facts.momentary.map_or(Decibels::UNITY, |loudness| self.mix.own_bell(*level, loudness));
                let number = self.clip_number(key);
                self.cue(name.to_owned(), Sound::BellClip(number), start, facts.rate.convert(facts.frames, rate), gain);
            }
            Some(CustomBell { level, sound: BellSound::Modes(bell) }) => {
                let gain = match self.modal_gains.get(name) {
                    Some(gain) => *gain,
                    None => self.mix.own_bell(*level, bells::greatest_momentary(bell)),
                };
                self.modal_gains.insert(name.to_owned(), gain);
                self.modal(name, start, gain, || Arc::new((**bell).clone()));
            }
            None => {
                let gain = self.mix.bell();
                if let Some(bell) = Bell::shipped(name) {
                    self.modal(name, start, gain, || Arc::new(bell.clone()));
                }
            }
        }
        self.check_size()
    }

    fn modal(&mut self, name: &str, start: Frames, gain: Decibels, cast: impl FnOnce() -> Arc<Bell>) {
        let number = *self.bell_numbers.entry(name.to_owned()).or_insert_with(|| {
            self.timeline.bells.push(cast());
            self.timeline.bells.len() - 1
        });
        let rate = self.timeline.rate;
        let bell = &self.timeline.bells[number];
        let frames = *self.strike_lengths.entry(number).or_insert_with(|| Strike::new(bell, rate, 1.0).length());
        self.cue(name.to_owned(), Sound::Strike(number), start, frames, gain);
    }

    pub(super) fn bed(&mut self) {
        let Some(bed) = self.session.bed.as_ref().filter(|_| self.shape.bed.sounds()) else { return };
        let frames = self.timeline.frames + self.timeline.rate.frames(beds::FADE_OUT);
        match bed {
            BedSpec::Named(name) => {
                let gain = self.mix.bed(beds::lowered(name));
                self.cue(name.clone(), Sound::Bed(name.clone()), Frames::ZERO, frames, gain);
            }
            BedSpec::Clip(clip) => {
                let key = ClipKey::File(clip.value.clone());
                let loudness = self.facts.get(&key).and_then(|facts| facts.integrated);
                let gain = loudness.map_or(Decibels::UNITY, |loudness| self.mix.own_bed(loudness));
                let source = clip.value.as_str().to_owned();
                let number = self.clip_number(key);
                self.cue(source, Sound::BedClip(number), Frames::ZERO, frames, gain);
            }
        }
    }

    fn cue(&mut self, source: String, sound: Sound, start: Frames, frames: Frames, gain: Decibels) {
        let segment = self.timeline.segments.len();
        self.timeline.cues.push(Cue { segment, source, sound, start, frames, gain });
    }

    fn clip_number(&mut self, key: ClipKey) -> usize {
        *self.clip_numbers.entry(key).or_insert_with_key(|key| {
            self.timeline.clips.push(key.clone());
            self.timeline.clips.len() - 1
        })
    }
}
