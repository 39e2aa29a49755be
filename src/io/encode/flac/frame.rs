//! One frame of FLAC (RFC 9639, section 9): a block of both channels.

use super::bits::{Bits, crc_8, crc_16};
use super::predict::Analysis;
use super::residual;
use crate::units::Rate;

/// Frames of sound in each block but the last.
pub(super) const BLOCK: usize = 4_096;

/// Both channels of one block, whole numbers.
#[derive(Default)]
pub(super) struct Block {
    pub(super) left: Vec<i32>,
    pub(super) right: Vec<i32>,
}

/// Codes blocks into frames.
pub(super) struct Coder {
    rate: Rate,
    bits_per_sample: u32,
    bits: Bits,
    side: Vec<i32>,
    mid: Vec<i32>,
    analysis: Analysis,
    residual: Vec<i32>,
}

/// Which two signals stand for the two ears; the value is that of the frame's header.
#[derive(Clone, Copy)]
enum Pair {
    LeftRight = 1,
    LeftSide = 8,
    SideRight = 9,
    MidSide = 10,
}

impl Coder {
    pub(super) fn new(rate: Rate, bits_per_sample: u32) -> Self {
        Self {
            rate,
            bits_per_sample,
            bits: Bits::default(),
            side: Vec::new(),
            mid: Vec::new(),
            analysis: Analysis::default(),
            residual: Vec::new(),
        }
    }

    /// The bytes of the frame with this number.
    pub(super) fn code(&mut self, block: &Block, number: u64) -> &[u8] {
        let (left, right) = (&block.left, &block.right);
        self.side.clear();
        self.side.extend(left.iter().zip(right).map(|(left, right)| left - right));
        self.mid.clear();
        self.mid.extend(left.iter().zip(right).map(|(left, right)| (left + right) >> 1));
        let pair = choose(left, right, &self.mid, &self.side);

        self.bits.clear();
        self.header(left.len(), pair, number);
        let plain = self.bits_per_sample;
        let (mid, side) = (std::mem::take(&mut self.mid), std::mem::take(&mut self.side));
        let signals: [(&[i32], u32); 2] = match pair {
            Pair::LeftRight => [(left, plain), (right, plain)],
            Pair::LeftSide => [(left, plain), (&side, plain + 1)],
            Pair::SideRight => [(&side, plain + 1), (right, plain)],
            Pair::MidSide => [(&mid, plain), (&side, plain + 1)],
        };
        for (signal, width) in signals {
            self.signal(signal, width);
        }
        (self.mid, self.side) = (mid, side);
        let sum = crc_16(self.bits.align());
        self.bits.push(u32::from(sum), 16);
        self.bits.align()
    }

    fn header(&mut self, length: usize, pair: Pair, number: u64) {
        const SYNC_OF_FIXED_BLOCKS: u32 = 0xfff8;
        const WHOLE_BLOCK: u32 = 12;
        const LENGTH_FOLLOWS: u32 = 7;
        let is_whole = length == BLOCK;
        self.bits.push(SYNC_OF_FIXED_BLOCKS, 16);
        self.bits.push(if is_whole { WHOLE_BLOCK } else { LENGTH_FOLLOWS }, 4);
        self.bits.push(rate_code(self.rate), 4);
        self.bits.push(pair as u32, 4);
        self.bits.push(if self.bits_per_sample == 16 { 4 } else { 6 }, 3);
        self.bits.push(0, 1);
        self.number(number);
        if !is_whole {
            self.bits.push(length as u32 - 1, 16);
        }
        let sum = crc_8(self.bits.align());
        self.bits.push(u32::from(sum), 8);
    }

    /// A number of up to 36 bits, as UTF-8 would have it.
    fn number(&mut self, number: u64) {
        if number < 0x80 {
            self.bits.push(number as u32, 8);
            return;
        }
        let continuations = (1..6).find(|count| number >> (5 * count + 6) == 0).unwrap_or(6);
        let marker = 0xff << (7 - continuations) & 0xff;
        self.bits.push(marker | (number >> (6 * continuations)) as u32, 8);
        for index in (0..continuations).rev() {
            self.bits.push(0x80 | (number >> (6 * index)) as u32 & 0x3f, 8);
        }
    }

    /// One channel of samples of so many bits.
    fn signal(&mut self, samples: &[i32], width: u32) {
        const CONSTANT: u32 = 0;
        const VERBATIM: u32 = 1;
        let first = samples.first().copied().unwrap_or_default();
        if samples.iter().all(|sample| *sample == first) {
            self.bits.push(CONSTANT << 1, 8);
            self.bits.push_signed(first, width);
        } else if self.predicted(samples, width).is_none() {
            self.bits.push(VERBATIM << 1, 8);
            for sample in samples {
                self.bits.push_signed(*sample, width);
            }
        }
    }

    /// Writes a predictor and what it leaves; none when that would be no shorter than the samples themselves.
    fn predicted(&mut self, samples: &[i32], width: u32) -> Option<()> {
        const LINEAR: u32 = 0x20;
        self.analysis.load(samples);
        let predictor = self.analysis.predictor(width)?;
        self.analysis.residual(&predictor, &mut self.residual)?;
        let plan = residual::plan(&self.residual, samples.len());
        if plan.bits >= samples.len() as u64 * u64::from(width) {
            return None;
        }
        let order = predictor.coefficients.len();
        self.bits.push((LINEAR | (order as u32 - 1)) << 1, 8);
        for sample in &samples[..order] {
            self.bits.push_signed(*sample, width);
        }
        self.bits.push(predictor.precision - 1, 4);
        self.bits.push(predictor.shift, 5);
        for coefficient in &predictor.coefficients {
            self.bits.push_signed(*coefficient, predictor.precision);
        }
        residual::write(&self.residual, samples.len(), &plan, &mut self.bits);
        Some(())
    }
}

/// The pair whose second differences promise the fewest bits.
fn choose(left: &[i32], right: &[i32], mid: &[i32], side: &[i32]) -> Pair {
    let [left, right, mid, side] = [left, right, mid, side].map(roughness);
    let promises = [
        (Pair::LeftRight, left + right),
        (Pair::LeftSide, left + side),
        (Pair::SideRight, side + right),
        (Pair::MidSide, mid + side),
    ];
    let best = promises.into_iter().min_by(|(_, one), (_, other)| one.total_cmp(other));
    best.map_or(Pair::LeftRight, |(pair, _)| pair)
}

/// Bits a sample after prediction, but for a constant.
fn roughness(samples: &[i32]) -> f32 {
    let bends = samples.windows(3).map(|near| u64::from((near[0] - 2 * near[1] + near[2]).unsigned_abs()));
    (bends.sum::<u64>() as f32 + 1.0).log2()
}

/// The rate in the frame's header, or a reference to the stream's.
fn rate_code(rate: Rate) -> u32 {
    const CODED: [u32; 11] = [88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
    CODED.iter().zip(1..).find(|(hertz, _)| **hertz == rate.hertz()).map_or(0, |(_, code)| code)
}
