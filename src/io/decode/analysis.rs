//! One pass over a whole clip: what is missing of it, how loud it is, and what its samples look like.

use serde::{Deserialize, Serialize};

use super::clip_bytes::ClipBytes;
use super::clip_decoder::{Clip, ClipFacts};
use super::error::{ClipError, ClipErrorKind};
use super::loudness::{LoudnessBlocks, Meter};
use super::statistics::{Counter, Statistics};
use crate::engine::source::ClipReader;
use crate::units::{Frame, Frames, SILENCE};

/// What is missing of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Damage {
    /// It is whole.
    None,
    /// It breaks off at this frame, and is silent from there on.
    CutShort(u64),
    /// So many frames within it can't be decoded, the first of them here.
    Holes {
        /// The first frame that is missing.
        first: u64,
        /// How many are.
        frames: u64,
    },
}

/// What one pass over a whole clip tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    /// What the clip is.
    pub facts: ClipFacts,
    /// What is missing of it.
    pub damage: Damage,
    /// How loud it is.
    pub loudness: LoudnessBlocks,
    /// What its samples look like.
    pub statistics: Statistics,
}

/// Decodes a clip whole.
///
/// # Errors
/// When it can't be decoded at all.
pub fn examine(bytes: &ClipBytes) -> Result<Examination, ClipError> {
    let mut clip = Clip::open(bytes)?;
    let facts = clip.facts();
    let mut pass = Pass::new(facts);
    while let Some((from, piece)) = clip.next_piece() {
        pass.take(from, piece);
    }
    if pass.position == 0 {
        return Err(ClipError::new(ClipErrorKind::NotAudio, bytes.name(), "nothing of it can be decoded"));
    }
    let damage = pass.damage(facts.frames, clip.torn() || clip.trouble().is_some());
    pass.silence(facts.frames.0 - pass.position);
    Ok(Examination { facts, damage, loudness: pass.meter.finish(), statistics: pass.counter.finish() })
}

struct Pass {
    meter: Meter,
    counter: Counter,
    position: u64,
    first_hole: Option<u64>,
    missing: u64,
}

impl Pass {
    fn new(facts: ClipFacts) -> Self {
        let (meter, counter) = (Meter::new(facts.rate, facts.channels == 1), Counter::new(facts.rate));
        Self { meter, counter, position: 0, first_hole: None, missing: 0 }
    }

    fn take(&mut self, from: u64, piece: &[Frame]) {
        if piece.is_empty() {
            return;
        }
        if from > self.position {
            self.first_hole.get_or_insert(self.position);
            self.missing += from - self.position;
            self.silence(from - self.position);
        }
        let known = usize::try_from(self.position - from).unwrap_or(usize::MAX).min(piece.len());
        let fresh = &piece[known..];
        self.meter.add(fresh);
        self.counter.add(fresh);
        self.position += fresh.len() as u64;
    }

    /// Passes over silence. Once the meter has heard some seconds of it, more would change nothing, however many a header claims.
    fn silence(&mut self, frames: u64) {
        const BLOCK: [Frame; 1024] = [SILENCE; 1024];
        self.position += frames;
        let mut frames = self.meter.enough_silence(frames);
        while frames > 0 {
            let count = frames.min(BLOCK.len() as u64);
            self.meter.add(&BLOCK[..count as usize]);
            frames -= count;
        }
    }

    fn damage(&self, whole: Frames, torn: bool) -> Damage {
        if self.position < whole.0 {
            return Damage::CutShort(self.position);
        }
        match self.first_hole {
            Some(first) => Damage::Holes { first, frames: self.missing },
            None if torn => Damage::CutShort(self.position),
            None => Damage::None,
        }
    }
}
