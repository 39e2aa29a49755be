//! Recordings in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::{ClipOpenError, ClipReader, ClipSource};
use crate::manifest::session::ClipPath;
use crate::timeline::{ClipFacts, ClipKey, SessionFacts, SpeechKey, Timeline};
use crate::units::{Frame, Frames, Rate, SILENCE};

/// A recording, as a decoder would return it.
#[derive(Clone)]
pub(crate) struct Recording {
    rate: Rate,
    frames: Arc<[Frame]>,
}

impl Recording {
    /// Frame by frame.
    pub(crate) fn of(rate: Rate, frames: usize, frame: impl Fn(usize) -> Frame) -> Self {
        Self { rate, frames: (0..frames).map(frame).collect() }
    }

    fn facts(&self) -> ClipFacts {
        let frames = Frames(self.frames.len() as u64);
        ClipFacts { rate: self.rate, frames, momentary: None, integrated: None }
    }

    /// All of it.
    pub(crate) fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// Noise of up to half of full scale, different in the two channels, and the same for the same seed.
    pub(crate) fn noise(rate: Rate, frames: usize, seed: u32) -> Self {
        Self::of(rate, frames, |frame| [noise(seed, 2 * frame), noise(seed, 2 * frame + 1)])
    }

    /// A tone at half of full scale.
    pub(crate) fn tone(rate: Rate, frames: usize, hertz: f64) -> Self {
        let turn = std::f64::consts::TAU * hertz / f64::from(rate.hertz());
        Self::of(rate, frames, |frame| [(0.5 * (turn * frame as f64).sin()) as f32; 2])
    }

    /// A constant level, so that the output is the gain.
    pub(crate) fn level(rate: Rate, frames: usize, level: f32) -> Self {
        Self::of(rate, frames, |_| [level; 2])
    }
}

/// Returns a number from −0.4 to 0.4 for an index.
pub(crate) fn noise(seed: u32, place: usize) -> f32 {
    let mut key = (u64::from(seed) << 40) ^ place as u64;
    key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^= key >> 31;
    (key >> 40) as f32 / (1_u32 << 24) as f32 * 0.8 - 0.4
}

/// Recordings by their name in the manifest, and speech by its words.
#[derive(Clone, Default)]
pub(crate) struct Recordings {
    files: BTreeMap<String, Recording>,
    speech: BTreeMap<String, Recording>,
}

impl Recordings {
    pub(crate) fn with(mut self, name: &str, recording: Recording) -> Self {
        self.files.insert(name.to_owned(), recording);
        self
    }

    /// Returns the speech of these words.
    pub(crate) fn with_speech(mut self, words: &str, recording: Recording) -> Self {
        self.speech.insert(words.to_owned(), recording);
        self
    }

    /// Returns the facts for a timeline while the speech of some words is pending.
    pub(crate) fn facts_awaiting(&self, awaited: &[&str]) -> SessionFacts {
        let files = self.files.iter().map(|(name, one)| (ClipKey::File(ClipPath::new(name).unwrap()), one.facts()));
        let mut facts = SessionFacts::new(files.collect());
        for (words, speech) in self.speech.iter().filter(|(words, _)| !awaited.contains(&words.as_str())) {
            facts.set_speech(SpeechKey::new("en", words), Some(speech.facts()));
        }
        awaited.iter().for_each(|words| facts.mark_speech_pending(SpeechKey::new("en", words)));
        facts
    }

    /// Returns the clips of a timeline for the engine.
    pub(crate) fn source(&self, timeline: &Timeline) -> Arc<dyn ClipSource> {
        let of = |key: &ClipKey| match key {
            ClipKey::File(path) => self.files[path.as_str()].clone(),
            ClipKey::Bundled(path) => panic!("{} is not among the recordings", path.as_str()),
            ClipKey::Speech(key) => self.speech[&key.text].clone(),
        };
        Arc::new(Source(timeline.clips.iter().map(of).collect()))
    }
}

struct Source(Vec<Recording>);

impl ClipSource for Source {
    fn open(&self, clip: usize) -> Result<Box<dyn ClipReader>, ClipOpenError> {
        Ok(Box::new(Reader { recording: self.0[clip].clone(), at: 0 }))
    }
}

struct Reader {
    recording: Recording,
    at: usize,
}

impl ClipReader for Reader {
    fn rate(&self) -> Rate {
        self.recording.rate
    }

    fn frames(&self) -> Frames {
        Frames(self.recording.frames.len() as u64)
    }

    fn seek(&mut self, frame: Frames) {
        self.at = frame.index();
    }

    fn read(&mut self, block: &mut [Frame]) {
        for frame in block.iter_mut() {
            *frame = self.recording.frames.get(self.at).copied().unwrap_or(SILENCE);
            self.at += 1;
        }
    }
}
