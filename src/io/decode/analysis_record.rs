//! Stores an analysis exactly as bytes, little endian.

use super::analysis::{ClipAnalysis, ClipDamage};
use super::clip_decoder::ClipProperties;
use super::limits::{MAX_CHANNELS, max_frames};
use super::loudness::LoudnessBlocks;
use super::sample_statistics::SampleStatistics;
use crate::units::{Frames, Rate};

#[cfg(test)]
mod tests;

/// The version of the record. Change it with everything that changes an analysis or its record, so that old records are not used.
pub(crate) const RECORD_VERSION: &str = concat!("3 ", env!("CARGO_PKG_VERSION"));

/// The maximum absolute value of a sample, with room for rounding.
const MAX_SAMPLE: f64 = super::limits::MAX_SAMPLE as f64 * 1.0001;
/// The kinds of damage in a record.
const NO_DAMAGE: u8 = 0;
const CUT_SHORT: u8 = 1;
const GAPS: u8 = 2;
const UNDERSTATED: u8 = 3;

impl ClipAnalysis {
    /// Returns the analysis as bytes.
    #[must_use]
    pub(crate) fn to_record(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.properties.rate.hertz().to_le_bytes());
        bytes.push(u8::try_from(self.properties.channels).unwrap_or(u8::MAX));
        bytes.extend(self.properties.frames.0.to_le_bytes());
        let (damage, first, missing) = match self.damage {
            ClipDamage::None => (NO_DAMAGE, 0, 0),
            ClipDamage::CutShort { at } => (CUT_SHORT, at, 0),
            ClipDamage::Gaps { first, frames } => (GAPS, first, frames),
            ClipDamage::Understated { frames } => (UNDERSTATED, frames, 0),
        };
        bytes.push(damage);
        bytes.extend([first, missing, self.statistics.clipped_runs].map(u64::to_le_bytes).as_flattened());
        let SampleStatistics { dc_offset, first_peak, last_peak, noise_level, .. } = self.statistics;
        // A missing level is stored as NaN.
        let numbers = [dc_offset, first_peak, last_peak, noise_level.unwrap_or(f64::NAN)];
        bytes.extend(numbers.map(f64::to_le_bytes).as_flattened());
        bytes.extend(self.loudness.to_bytes());
        bytes
    }

    /// Reads the result of [`to_record`](Self::to_record). Returns `None` if no clip could have this analysis.
    #[must_use]
    pub(crate) fn from_record(bytes: &[u8]) -> Option<Self> {
        let mut record = RecordReader(bytes);
        let rate = Rate::new(record.u32()?)?;
        let [channels] = record.take()?;
        let frames = record.u64()?;
        let is_valid = (1..=MAX_CHANNELS).contains(&usize::from(channels)) && (1..=max_frames(rate)).contains(&frames);
        if !is_valid {
            return None;
        }
        let properties = ClipProperties { rate, channels: channels.into(), frames: Frames(frames) };
        let damage = record.damage(frames)?;
        let statistics = record.statistics()?;
        let loudness = LoudnessBlocks::from_bytes(record.0, rate, Frames(frames))?;
        Some(Self { properties, damage, loudness, statistics })
    }
}

/// Reads values from a record.
struct RecordReader<'record>(&'record [u8]);

impl RecordReader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn f64(&mut self) -> Option<f64> {
        self.take().map(f64::from_le_bytes)
    }

    /// Reads the damage of a clip with `frames` frames.
    fn damage(&mut self, frames: u64) -> Option<ClipDamage> {
        let [kind] = self.take()?;
        let (first, missing) = (self.u64()?, self.u64()?);
        if first > frames || missing > frames {
            return None;
        }
        match kind {
            NO_DAMAGE => Some(ClipDamage::None),
            CUT_SHORT => Some(ClipDamage::CutShort { at: first }),
            GAPS => Some(ClipDamage::Gaps { first, frames: missing }),
            UNDERSTATED => Some(ClipDamage::Understated { frames: first }),
            _ => None,
        }
    }

    fn statistics(&mut self) -> Option<SampleStatistics> {
        let clipped_runs = self.u64()?;
        let [dc_offset, first_peak, last_peak, noise_level] = [self.f64()?, self.f64()?, self.f64()?, self.f64()?];
        let are_samples = [dc_offset, first_peak, last_peak].iter().all(|value| (0.0..=MAX_SAMPLE).contains(value));
        if !are_samples || noise_level.is_infinite() {
            return None;
        }
        let noise_level = Some(noise_level).filter(|level| !level.is_nan());
        Some(SampleStatistics { clipped_runs, dc_offset, first_peak, last_peak, noise_level })
    }
}
