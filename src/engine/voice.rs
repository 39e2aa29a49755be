//! One sounding cue: a clip, a strike, a bed.

use super::looped::Looped;
use super::resampled::Resampled;
use super::source::{ClipReader, ClipSource};
use crate::dsp::beds::{self, BedEdge, BedEnvelope, BedSynth, BedTable};
use crate::dsp::bells::BellStrike;
use crate::timeline::{Cue, CueSource, Timeline};
use crate::units::{Decibels, Frame, Frames, Rate, SILENCE};

/// The number of frames decoded at once.
const CHUNK_FRAMES: usize = 1024;

pub(super) enum Voice {
    Clip(ClipVoice),
    Strike(Box<BellStrike>),
    Bed(Box<BedVoice>),
    /// A missing clip with its error, replaced by silence.
    Gone(String),
}

pub(super) struct ClipVoice {
    reader: Box<dyn ClipReader>,
    position: Frames,
    decoded: Vec<Frame>,
}

pub(super) struct BedVoice {
    source: BedSource,
    /// The frame of the programme at which it starts.
    start: Frames,
    curve: BedEnvelope,
    gains: Vec<f32>,
}

enum BedSource {
    Shipped(BedSynth),
    Clip(Looped),
}

impl Voice {
    pub(super) fn open(timeline: &Timeline, cue: &Cue, clips: &dyn ClipSource) -> Self {
        match &cue.source {
            CueSource::Recording(clip) | CueSource::Speech(clip) | CueSource::BellClip(clip) => {
                clip_voice(*clip, timeline.rate, clips)
            }
            CueSource::BellStrike(bell) => {
                Self::Strike(Box::new(BellStrike::new(&timeline.bells[*bell], timeline.rate, 1.0)))
            }
            CueSource::Bed(name) => match BedTable::built_in(name) {
                Some(bed) => bed_voice(timeline, cue, BedSource::Shipped(BedSynth::new(bed, timeline.rate))),
                None => Self::Gone(format!("there is no bed named {name}")),
            },
            CueSource::BedClip(clip) => match (clips.open(*clip), clips.open(*clip)) {
                (Ok(one), Ok(other)) => {
                    bed_voice(timeline, cue, BedSource::Clip(Looped::new(one, other, timeline.rate)))
                }
                (Err(why), _) | (_, Err(why)) => Self::Gone(why.to_string()),
            },
        }
    }

    /// Returns the first error so far, as a sentence.
    pub(super) fn first_error(&self) -> Option<&str> {
        match self {
            Self::Clip(clip) => clip.reader.first_error(),
            Self::Bed(bed) => match &bed.source {
                BedSource::Clip(looped) => looped.first_error(),
                BedSource::Shipped(_) => None,
            },
            Self::Strike(_) => None,
            Self::Gone(why) => Some(why),
        }
    }

    /// Adds the frames from `from` on, counted from the cue's start.
    pub(super) fn add(&mut self, from: Frames, gain: Decibels, block: &mut [Frame]) {
        let gain = gain.amplitude() as f32;
        match self {
            Self::Clip(clip) => clip.add(from, gain, block),
            Self::Strike(strike) => strike.add(from, gain, block),
            Self::Bed(bed) => bed.add(from, gain, block),
            Self::Gone(_) => {}
        }
    }
}

fn clip_voice(clip: usize, rate: Rate, clips: &dyn ClipSource) -> Voice {
    match clips.open(clip) {
        Ok(reader) => Voice::Clip(ClipVoice {
            reader: Resampled::at(rate, reader),
            position: Frames::ZERO,
            decoded: vec![SILENCE; CHUNK_FRAMES],
        }),
        Err(why) => Voice::Gone(why.to_string()),
    }
}

impl ClipVoice {
    fn add(&mut self, from: Frames, gain: f32, block: &mut [Frame]) {
        if from != self.position {
            self.reader.seek(from);
        }
        for part in block.chunks_mut(CHUNK_FRAMES) {
            let decoded = &mut self.decoded[..part.len()];
            self.reader.read(decoded);
            for (sum, frame) in part.iter_mut().zip(decoded) {
                sum[0] += frame[0] * gain;
                sum[1] += frame[1] * gain;
            }
        }
        self.position = from + Frames(block.len() as u64);
    }
}

fn bed_voice(timeline: &Timeline, cue: &Cue, source: BedSource) -> Voice {
    let speech = timeline.cues.iter().filter(|other| other.source.is_spoken()).map(|other| other.start..other.end());
    let curve = BedEnvelope::new(cue.start..cue.end(), bed_edges(timeline, cue), speech, timeline.rate);
    Voice::Bed(Box::new(BedVoice { source, start: cue.start, curve, gains: vec![0.0; CHUNK_FRAMES] }))
}

/// Returns how a bed starts and ends, which depends on the beds before and after it.
fn bed_edges(timeline: &Timeline, cue: &Cue) -> [BedEdge; 2] {
    let fade = timeline.rate.frames(beds::FADE_OUT);
    let mut others = timeline.cues.iter().filter(|other| other.source.kind() == "bed" && *other != cue);
    let edge = |is_crossfade| if is_crossfade { BedEdge::OtherBed } else { BedEdge::Silence };
    let start = match cue.start {
        Frames::ZERO => BedEdge::Session,
        start => edge(others.clone().any(|other| other.end() == start + fade)),
    };
    [start, edge(others.any(|other| other.start + fade == cue.end()))]
}

impl BedVoice {
    /// Adds the frames from `from` on, counted from the start of the bed.
    fn add(&mut self, from: Frames, gain: f32, block: &mut [Frame]) {
        for (number, part) in block.chunks_mut(CHUNK_FRAMES).enumerate() {
            let at = from + Frames((number * CHUNK_FRAMES) as u64);
            let gains = &mut self.gains[..part.len()];
            self.curve.fill(self.start + at, gains);
            gains.iter_mut().for_each(|factor| *factor *= gain);
            match &mut self.source {
                BedSource::Shipped(bed) => bed.add(self.start + at, gains, part),
                BedSource::Clip(looped) => looped.add(at, gains, part),
            }
        }
    }
}
