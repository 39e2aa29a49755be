//! A frame of FLAC (RFC 9639, section 9): a block of both channels.

use super::bit_writer::BitWriter;
use super::crc::{crc_8, crc_16};
use super::lpc::LpcAnalysis;
use super::rice::RiceCoding;
use crate::units::Rate;

/// The number of samples per channel in every block but the last.
pub(super) const BLOCK_SIZE: usize = 4_096;

/// The samples of a block, both channels of the same length.
#[derive(Default)]
pub(super) struct StereoBlock {
    pub(super) left: Vec<i32>,
    pub(super) right: Vec<i32>,
}

impl StereoBlock {
    /// Returns the number of samples per channel.
    pub(super) fn len(&self) -> usize {
        self.left.len()
    }

    pub(super) fn clear(&mut self) {
        self.left.clear();
        self.right.clear();
    }

    pub(super) fn add_silence(&mut self, samples: usize) {
        let length = self.len() + samples;
        self.left.resize(length, 0);
        self.right.resize(length, 0);
    }
}

/// Encodes blocks into frames.
pub(super) struct FrameEncoder {
    rate: Rate,
    bits_per_sample: u32,
    bits: BitWriter,
    side: Vec<i32>,
    mid: Vec<i32>,
    analysis: LpcAnalysis,
    residual: Vec<i32>,
}

/// The two signals stored in a frame. The value is that of the frame header's channel field.
#[derive(Clone, Copy)]
enum StereoMode {
    LeftRight = 1,
    LeftSide = 8,
    SideRight = 9,
    MidSide = 10,
}

impl FrameEncoder {
    pub(super) fn new(rate: Rate, bits_per_sample: u32) -> Self {
        Self {
            rate,
            bits_per_sample,
            bits: BitWriter::default(),
            side: Vec::new(),
            mid: Vec::new(),
            analysis: LpcAnalysis::default(),
            residual: Vec::new(),
        }
    }

    /// Encodes a block into the frame with this number.
    pub(super) fn encode(&mut self, block: &StereoBlock, number: u64) -> &[u8] {
        let (left, right) = (&block.left, &block.right);
        self.side.clear();
        self.side.extend(left.iter().zip(right).map(|(left, right)| left - right));
        self.mid.clear();
        self.mid.extend(left.iter().zip(right).map(|(left, right)| (left + right) >> 1));
        let mode = choose_stereo_mode(left, right, &self.mid, &self.side);

        self.bits.clear();
        self.write_header(left.len(), mode, number);
        let width = self.bits_per_sample;
        let (mid, side) = (std::mem::take(&mut self.mid), std::mem::take(&mut self.side));
        let signals: [(&[i32], u32); 2] = match mode {
            StereoMode::LeftRight => [(left, width), (right, width)],
            StereoMode::LeftSide => [(left, width), (&side, width + 1)],
            StereoMode::SideRight => [(&side, width + 1), (right, width)],
            StereoMode::MidSide => [(&mid, width), (&side, width + 1)],
        };
        for (signal, width) in signals {
            self.write_subframe(signal, width);
        }
        (self.mid, self.side) = (mid, side);
        let checksum = crc_16(self.bits.align());
        self.bits.push(u32::from(checksum), 16);
        self.bits.align()
    }

    fn write_header(&mut self, block_size: usize, mode: StereoMode, number: u64) {
        const SYNC_CODE_FIXED_BLOCKS: u32 = 0xfff8;
        const BLOCK_SIZE_4096: u32 = 12;
        const BLOCK_SIZE_FOLLOWS: u32 = 7;
        let is_full = block_size == BLOCK_SIZE;
        self.bits.push(SYNC_CODE_FIXED_BLOCKS, 16);
        self.bits.push(if is_full { BLOCK_SIZE_4096 } else { BLOCK_SIZE_FOLLOWS }, 4);
        self.bits.push(rate_code(self.rate), 4);
        self.bits.push(mode as u32, 4);
        self.bits.push(if self.bits_per_sample == 16 { 4 } else { 6 }, 3);
        self.bits.push(0, 1);
        self.write_coded_number(number);
        if !is_full {
            self.bits.push(block_size as u32 - 1, 16);
        }
        let checksum = crc_8(self.bits.align());
        self.bits.push(u32::from(checksum), 8);
    }

    /// Writes a number of up to 36 bits in an extension of UTF-8.
    fn write_coded_number(&mut self, number: u64) {
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

    /// Writes one signal whose samples have `width` bits.
    fn write_subframe(&mut self, samples: &[i32], width: u32) {
        const CONSTANT: u32 = 0;
        const VERBATIM: u32 = 1;
        let first = samples.first().copied().unwrap_or_default();
        if samples.iter().all(|sample| *sample == first) {
            self.bits.push(CONSTANT << 1, 8);
            self.bits.push_signed(first, width);
        } else if !self.write_predicted(samples, width) {
            self.bits.push(VERBATIM << 1, 8);
            for sample in samples {
                self.bits.push_signed(*sample, width);
            }
        }
    }

    /// Writes a linear predictor and its residual. Writes nothing and returns `false` if that would not save space.
    fn write_predicted(&mut self, samples: &[i32], width: u32) -> bool {
        const LINEAR: u32 = 0x20;
        self.analysis.load(samples);
        let Some(predictor) = self.analysis.predictor(width) else { return false };
        if !self.analysis.residual(&predictor, &mut self.residual) {
            return false;
        }
        let coding = RiceCoding::choose(&self.residual, samples.len());
        if coding.estimated_bits >= samples.len() as u64 * u64::from(width) {
            return false;
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
        coding.write(&self.residual, samples.len(), &mut self.bits);
        true
    }
}

/// Chooses the mode whose signals have the smallest second differences.
fn choose_stereo_mode(left: &[i32], right: &[i32], mid: &[i32], side: &[i32]) -> StereoMode {
    let [left, right, mid, side] = [left, right, mid, side].map(estimated_bits_per_sample);
    let modes = [
        (StereoMode::LeftRight, left + right),
        (StereoMode::LeftSide, left + side),
        (StereoMode::SideRight, side + right),
        (StereoMode::MidSide, mid + side),
    ];
    let best = modes.into_iter().min_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map_or(StereoMode::LeftRight, |(mode, _)| mode)
}

/// Returns the bits per sample after prediction, up to a constant.
fn estimated_bits_per_sample(samples: &[i32]) -> f32 {
    let differences = samples.windows(3).map(|near| u64::from((near[0] - 2 * near[1] + near[2]).unsigned_abs()));
    (differences.sum::<u64>() as f32 + 1.0).log2()
}

/// Returns the code of a sample rate in a frame header; 0 refers to the STREAMINFO block.
fn rate_code(rate: Rate) -> u32 {
    const CODED: [u32; 11] = [88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
    CODED.iter().zip(1..).find(|(hertz, _)| **hertz == rate.hertz()).map_or(0, |(_, code)| code)
}
