//! Loudness according to ITU-R BS.1770, in a form that can be pooled over several clips and stored.

use ebur128::{Channel, EbuR128, Mode};

use crate::units::{Frame, Frames, Lufs, Rate, SILENCE};

/// Quieter blocks are silence, in LUFS (BS.1770-5, the absolute gate).
const ABSOLUTE_GATE: f64 = -70.0;
/// The relative gate: blocks that are quieter than the mean by this many LU don't count.
const RELATIVE_GATE: f64 = -10.0;
/// The maximum loudness of a block within the sample limit, in LUFS: 60 dB above full scale plus the filter's gain.
const MAX_LOUDNESS: f32 = 80.0;
/// The overlap of gating blocks: a block is four hops long.
const HOPS_PER_BLOCK: usize = 4;
/// The silence after which the filters are silent too, in hops: 2 s. Their slowest part, a high-pass at 38 Hz, decays by over 100 dB
/// in 0.1 s.
const HOPS_OF_SILENCE: u64 = 20;

/// The loudness of each gating block of 400 ms in LUFS, one every 100 ms. Blocks below the absolute gate are omitted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoudnessBlocks(Vec<f32>);

impl LoudnessBlocks {
    /// Returns the exact values as 32-bit floats, little endian.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|block| block.to_le_bytes()).collect()
    }

    /// Reads the result of [`to_bytes`](Self::to_bytes). Returns `None` if no clip of this length could have these blocks.
    pub(super) fn from_bytes(bytes: &[u8], rate: Rate, frames: Frames) -> Option<Self> {
        let (blocks, rest) = bytes.as_chunks::<4>();
        let max_blocks = (frames.0 / hop_length(rate) as u64).max(1);
        let blocks: Vec<f32> = blocks.iter().map(|block| f32::from_le_bytes(*block)).collect();
        let is_plausible = |block: &f32| f64::from(*block) >= ABSOLUTE_GATE && *block <= MAX_LOUDNESS;
        (rest.is_empty() && blocks.len() as u64 <= max_blocks && blocks.iter().all(is_plausible))
            .then_some(Self(blocks))
    }

    /// Returns the pooled integrated loudness of several clips; `None` if all are silent.
    #[must_use]
    pub(crate) fn pooled<'clips>(clips: impl IntoIterator<Item = &'clips Self>) -> Option<Lufs> {
        let blocks: Vec<f64> = clips.into_iter().flat_map(|clip| &clip.0).map(|block| f64::from(*block)).collect();
        let gate = energy_mean(blocks.iter().copied())? + RELATIVE_GATE;
        energy_mean(blocks.into_iter().filter(|block| *block > gate)).map(Lufs)
    }

    /// Returns the integrated loudness of this clip; `None` if it is silent.
    #[must_use]
    pub fn integrated(&self) -> Option<Lufs> {
        Self::pooled([self])
    }

    /// Returns the maximum momentary loudness; `None` if the clip is silent.
    #[must_use]
    pub(crate) fn max_momentary(&self) -> Option<Lufs> {
        self.0.iter().copied().reduce(f32::max).map(|max| Lufs(f64::from(max)))
    }
}

/// Returns the energetic mean of levels.
fn energy_mean(levels: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = levels.fold((0.0, 0_u64), |(sum, count), level| (sum + 10_f64.powf(level / 10.0), count + 1));
    (count > 0).then(|| 10.0 * (sum / count as f64).log10())
}

/// Measures a clip from its frames in order. A mono clip counts in both channels.
pub(crate) struct LoudnessMeter {
    /// `None` if there is no filter for the sample rate.
    meter: Option<EbuR128>,
    is_mono: bool,
    hop_length: usize,
    /// Samples of the next hop.
    pending: Vec<f32>,
    hops: usize,
    blocks: Vec<f32>,
}

/// Returns the number of frames between two blocks: 100 ms.
fn hop_length(rate: Rate) -> usize {
    (rate.hertz() / 10).max(1) as usize
}

impl LoudnessMeter {
    pub(crate) fn new(rate: Rate, is_mono: bool) -> Self {
        let meter = EbuR128::new(if is_mono { 1 } else { 2 }, rate.hertz(), Mode::M).ok().map(|mut meter| {
            if is_mono {
                let _ = meter.set_channel(0, Channel::DualMono);
            }
            meter
        });
        let hop_length = hop_length(rate);
        Self { meter, is_mono, hop_length, pending: Vec::new(), hops: 0, blocks: Vec::new() }
    }

    fn channels(&self) -> usize {
        if self.is_mono { 1 } else { 2 }
    }

    pub(crate) fn add(&mut self, frames: &[Frame]) {
        let channels = self.channels();
        for frame in frames {
            self.pending.extend_from_slice(&frame[..channels]);
            if self.pending.len() == self.hop_length * channels {
                self.finish_hop();
            }
        }
    }

    /// Adds silence of any length in constant time.
    pub(crate) fn add_silence(&mut self, frames: Frames) {
        const SILENT_BLOCK: [Frame; 1024] = [SILENCE; 1024];
        let mut remaining = Frames(self.relevant_silence(frames.0)).index();
        while remaining > 0 {
            let count = remaining.min(SILENT_BLOCK.len());
            self.add(&SILENT_BLOCK[..count]);
            remaining -= count;
        }
    }

    /// Returns the part of a silence that must be processed. The rest, a whole number of hops, changes nothing.
    fn relevant_silence(&self, frames: u64) -> u64 {
        let hop = self.hop_length as u64;
        frames.min(HOPS_OF_SILENCE * hop + frames % hop)
    }

    /// Finishes the measurement. A clip shorter than a block is padded with silence.
    pub(crate) fn finish(mut self) -> LoudnessBlocks {
        while self.hops < HOPS_PER_BLOCK {
            self.pending.resize(self.hop_length * self.channels(), 0.0);
            self.finish_hop();
        }
        LoudnessBlocks(self.blocks)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a loudness needs no more than 24 bits")]
    fn finish_hop(&mut self) {
        self.hops += 1;
        let Some(meter) = &mut self.meter else { return self.pending.clear() };
        let measured = meter.add_frames_f32(&self.pending).and_then(|()| meter.loudness_momentary());
        self.pending.clear();
        if let Ok(loudness) = measured
            && self.hops >= HOPS_PER_BLOCK
            && loudness > ABSOLUTE_GATE
        {
            self.blocks.push(loudness as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortened_silence_changes_no_block() {
        let rate = Rate::new(48_000).unwrap();
        let tone: Vec<Frame> =
            (0..70_000).map(|index| [(index as f32 * 0.05).sin() * 0.5, (index as f32 * 0.002).sin()]).collect();
        let silence = Frames(48_000 * 3 + 12_345);
        let measure = |add_silence: &dyn Fn(&mut LoudnessMeter)| {
            let mut meter = LoudnessMeter::new(rate, false);
            meter.add(&tone);
            add_silence(&mut meter);
            meter.add(&tone);
            meter.finish()
        };
        let complete = measure(&|meter| meter.add(&vec![SILENCE; silence.index()]));
        assert!(complete.0.len() > 20);
        assert_eq!(measure(&|meter| meter.add_silence(silence)), complete);
    }
}
