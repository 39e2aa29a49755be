//! Loudness by ITU-R BS.1770, in a form that can be pooled over clips and kept on disk.

use ebur128::{Channel, EbuR128, Mode};
use serde::{Deserialize, Serialize};

use crate::units::{Frame, Frames, Lufs, Rate};

/// Blocks below this are silence (BS.1770-5, the absolute gate).
const ABSOLUTE_GATE: f64 = -70.0;
/// Blocks so far below the loudness of the ungated ones do not count (the relative gate).
const RELATIVE_GATE: f64 = -10.0;

/// No block of samples within full scale is louder.
const LOUDEST: f32 = 20.0;

/// The loudness of each gating block of 400 ms, in LUFS, a new one every 100 ms; those below the absolute gate left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoudnessBlocks(Vec<f32>);

impl LoudnessBlocks {
    /// As 32-bit floats, little endian: exactly these again.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|block| block.to_le_bytes()).collect()
    }

    /// From such bytes; `None` where no clip of this length could have given them.
    pub(super) fn from_bytes(bytes: &[u8], rate: Rate, frames: Frames) -> Option<Self> {
        let (blocks, rest) = bytes.as_chunks::<4>();
        let most = (frames.0 / hop(rate) as u64).max(1);
        let blocks: Vec<f32> = blocks.iter().map(|block| f32::from_le_bytes(*block)).collect();
        let plausible = |block: &f32| f64::from(*block) >= ABSOLUTE_GATE && *block <= LOUDEST;
        (rest.is_empty() && blocks.len() as u64 <= most && blocks.iter().all(plausible)).then_some(Self(blocks))
    }

    /// The loudness of several clips as if they were one; `None` where all are silent.
    #[must_use]
    pub fn pooled<'clips>(clips: impl IntoIterator<Item = &'clips Self>) -> Option<Lufs> {
        let blocks: Vec<f64> = clips.into_iter().flat_map(|clip| &clip.0).map(|block| f64::from(*block)).collect();
        let gate = mean(blocks.iter().copied())? + RELATIVE_GATE;
        mean(blocks.into_iter().filter(|block| *block > gate)).map(Lufs)
    }

    /// Of this clip alone.
    #[must_use]
    pub fn integrated(&self) -> Option<Lufs> {
        Self::pooled([self])
    }

    /// The greatest of the blocks.
    #[must_use]
    pub fn greatest_momentary(&self) -> Option<Lufs> {
        self.0.iter().copied().reduce(f32::max).map(|greatest| Lufs(f64::from(greatest)))
    }
}

/// The mean in energy of loudnesses.
fn mean(blocks: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = blocks.fold((0.0, 0_u64), |(sum, count), block| (sum + 10_f64.powf(block / 10.0), count + 1));
    (count > 0).then(|| 10.0 * (sum / count as f64).log10())
}

/// Measures a clip that is handed over piece by piece. A mono clip counts as heard in both ears.
pub(super) struct Meter {
    meter: Option<EbuR128>,
    mono: bool,
    /// Frames from block to block.
    hop: usize,
    pending: Vec<f32>,
    hops: usize,
    blocks: Vec<f32>,
}

/// Hops that a gating block lasts.
const HOPS: usize = 4;

/// After so many hops of silence no filter remembers what was before: 10 s.
const HOPS_OF_SILENCE: u64 = 100;

/// Frames from block to block: 100 ms.
fn hop(rate: Rate) -> usize {
    (rate.hertz() as usize / 10).max(1)
}

impl Meter {
    pub(super) fn new(rate: Rate, mono: bool) -> Self {
        let meter = EbuR128::new(if mono { 1 } else { 2 }, rate.hertz(), Mode::M).ok().map(|mut meter| {
            if mono {
                let _ = meter.set_channel(0, Channel::DualMono);
            }
            meter
        });
        let hop = hop(rate);
        Self { meter, mono, hop, pending: Vec::new(), hops: 0, blocks: Vec::new() }
    }

    pub(super) fn add(&mut self, frames: &[Frame]) {
        let channels = if self.mono { 1 } else { 2 };
        for frame in frames {
            self.pending.extend_from_slice(&frame[..channels]);
            if self.pending.len() == self.hop * channels {
                self.hop();
            }
        }
    }

    /// So much of a silence as makes a difference: what is left out is a whole number of hops within it, which hold no block.
    pub(super) fn enough_silence(&self, frames: u64) -> u64 {
        let hop = self.hop as u64;
        frames.min(HOPS_OF_SILENCE * hop + frames % hop)
    }

    /// Ends the measurement; a clip under 400 ms is padded with silence.
    pub(super) fn finish(mut self) -> LoudnessBlocks {
        let channels = if self.mono { 1 } else { 2 };
        while self.hops < HOPS {
            self.pending.resize(self.hop * channels, 0.0);
            self.hop();
        }
        LoudnessBlocks(self.blocks)
    }

    fn hop(&mut self) {
        self.hops += 1;
        let Some(meter) = &mut self.meter else { return self.pending.clear() };
        let measured = meter.add_frames_f32(&self.pending).and_then(|()| meter.loudness_momentary());
        self.pending.clear();
        if let Ok(loudness) = measured
            && self.hops >= HOPS
            && loudness > ABSOLUTE_GATE
        {
            self.blocks.push(loudness as f32);
        }
    }
}
