//! The four-byte header of an MPEG audio frame.

/// The sample rates of MPEG-1 in hertz.
const RATES: [u32; 3] = [44_100, 48_000, 32_000];
/// The bit rates of layer III in kbit/s.
const MPEG_1_BIT_RATES: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG_2_BIT_RATES: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/// The header of a layer III frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct FrameHeader {
    /// In hertz.
    pub(in super::super) rate: u32,
    pub(in super::super) is_mono: bool,
    /// The number of samples per channel.
    pub(in super::super) samples: u64,
    /// The size of the frame in bytes, header included.
    pub(super) size: usize,
    /// The size of the side information between the header and the audio, in bytes.
    pub(super) side_info_size: usize,
}

impl FrameHeader {
    /// Returns `None` if the bytes are not a layer III header or have a free bit rate.
    pub(in super::super) fn parse(bytes: [u8; 4]) -> Option<Self> {
        let [sync, second, third, fourth] = bytes;
        if sync != 0xff || second & 0xe6 != 0xe2 {
            return None;
        }
        // MPEG-2 halves the sample rates of MPEG-1; MPEG-2.5 halves them again.
        let halvings = match second >> 3 & 3 {
            0 => 2,
            2 => 1,
            3 => 0,
            _ => return None,
        };
        let is_mpeg_1 = halvings == 0;
        let bit_rates = if is_mpeg_1 { &MPEG_1_BIT_RATES } else { &MPEG_2_BIT_RATES };
        let bit_rate = 1000 * bit_rates.get(usize::from(third >> 4).checked_sub(1)?)?;
        let rate = RATES.get(usize::from(third >> 2 & 3))? >> halvings;
        let padding = u32::from(third >> 1 & 1);
        let is_mono = fourth >> 6 == 3;
        let side_info_size = match (is_mpeg_1, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        let samples = if is_mpeg_1 { 1152 } else { 576 };
        let size = usize::try_from(samples / 8 * bit_rate / rate + padding).ok()?;
        Some(Self { rate, is_mono, samples: u64::from(samples), size, side_info_size })
    }

    /// Returns whether both frames can belong to one stream.
    pub(super) fn is_same_stream(&self, other: &Self) -> bool {
        (self.rate, self.is_mono, self.samples) == (other.rate, other.is_mono, other.samples)
    }
}
