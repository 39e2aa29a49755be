//! Analyses a complete clip in one pass: missing parts, loudness, and statistics of its samples.

use super::clip_bytes::ClipBytes;
use super::clip_decoder::{ClipDecoder, ClipProperties};
use super::error::DecodeError;
use super::loudness::{LoudnessBlocks, LoudnessMeter};
use super::sample_statistics::{SampleStatistics, StatisticsCollector};
use crate::engine::ClipReader;
use crate::units::{Frame, Frames};

/// The difference between a clip and what its file states. Missing frames play as silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClipDamage {
    /// Nothing is missing.
    None,
    /// The file ends early: everything from this frame on is missing.
    CutShort {
        /// The first missing frame.
        at: u64,
    },
    /// Frames within the clip can't be decoded.
    Gaps {
        /// The first missing frame.
        first: u64,
        /// The number of missing frames.
        frames: u64,
    },
    /// Nothing is missing, and the clip continues beyond its stated length.
    Understated {
        /// The stated length in frames.
        frames: u64,
    },
}

impl ClipDamage {
    /// Returns whether a part is missing.
    #[must_use]
    pub(crate) fn is_loss(&self) -> bool {
        matches!(self, Self::CutShort { .. } | Self::Gaps { .. })
    }
}

/// The result of analysing a complete clip.
#[derive(Clone, Debug, PartialEq)]
pub struct ClipAnalysis {
    /// The sample rate, channels and length.
    pub properties: ClipProperties,
    /// Missing or unexpected parts.
    pub damage: ClipDamage,
    /// The loudness.
    pub loudness: LoudnessBlocks,
    /// Statistics of the samples.
    pub statistics: SampleStatistics,
}

/// Decodes and analyses a complete clip.
///
/// # Errors
/// If none of it can be decoded.
pub fn analyse(bytes: &ClipBytes) -> Result<ClipAnalysis, DecodeError> {
    let mut clip = ClipDecoder::open(bytes)?;
    let properties = clip.properties();
    let mut pass = AnalysisPass::new(properties, clip.is_float());
    while let Some((position, block)) = clip.next_block() {
        pass.add(position, block);
    }
    if pass.position == 0 {
        return Err(DecodeError::undecodable(bytes.name()));
    }
    let mut damage = pass.damage(properties.frames, clip.is_truncated() || clip.first_error().is_some());
    if let (ClipDamage::None, Some(Frames(frames))) = (damage, clip.understated_length()) {
        damage = ClipDamage::Understated { frames };
    }
    pass.add_silence(properties.frames.0 - pass.position);
    Ok(ClipAnalysis { properties, damage, loudness: pass.loudness.finish(), statistics: pass.statistics.finish() })
}

/// Collects the results for a clip.
struct AnalysisPass {
    loudness: LoudnessMeter,
    statistics: StatisticsCollector,
    /// The number of frames so far.
    position: u64,
    first_gap: Option<u64>,
    missing_frames: u64,
}

impl AnalysisPass {
    fn new(properties: ClipProperties, is_float: bool) -> Self {
        Self {
            loudness: LoudnessMeter::new(properties.rate, properties.channels == 1),
            statistics: StatisticsCollector::new(properties.rate, is_float),
            position: 0,
            first_gap: None,
            missing_frames: 0,
        }
    }

    /// Adds decoded frames at their position.
    fn add(&mut self, position: u64, block: &[Frame]) {
        if block.is_empty() {
            return;
        }
        if position > self.position {
            self.first_gap.get_or_insert(self.position);
            self.missing_frames += position - self.position;
            self.add_silence(position - self.position);
        }
        let overlap = Frames(self.position - position).index().min(block.len());
        let new = &block[overlap..];
        self.loudness.add(new);
        self.statistics.add(new);
        self.position += new.len() as u64;
    }

    /// Adds missing frames as silence.
    fn add_silence(&mut self, frames: u64) {
        self.position += frames;
        self.loudness.add_silence(Frames(frames));
    }

    fn damage(&self, length: Frames, is_truncated: bool) -> ClipDamage {
        if self.position < length.0 {
            return ClipDamage::CutShort { at: self.position };
        }
        match self.first_gap {
            Some(first) => ClipDamage::Gaps { first, frames: self.missing_frames },
            None if is_truncated => ClipDamage::CutShort { at: self.position },
            None => ClipDamage::None,
        }
    }
}
