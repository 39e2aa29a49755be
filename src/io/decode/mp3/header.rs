//! The four bytes that every MPEG audio frame begins with.

const RATES: [u32; 3] = [44_100, 48_000, 32_000];
/// In kbit/s, of layer III.
const VERSION_1: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const VERSION_2: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/// What the header of a layer III frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) rate: u32,
    pub(super) mono: bool,
    /// How many frames of sound it holds.
    pub(super) frames: u64,
    /// Its size, header included.
    pub(super) bytes: usize,
    /// The size of what lies between the header and the sound.
    pub(super) side_information: usize,
}

impl Header {
    /// `None` where it is no header of layer III, or one of a free bit rate.
    pub(super) fn parse(bytes: [u8; 4]) -> Option<Self> {
        let [sync, second, third, fourth] = bytes;
        if sync != 0xff || second & 0xe6 != 0xe2 {
            return None;
        }
        let halvings = match second >> 3 & 3 {
            0 => 2,
            2 => 1,
            3 => 0,
            _ => return None,
        };
        let version_1 = halvings == 0;
        let bitrates = if version_1 { &VERSION_1 } else { &VERSION_2 };
        let bitrate = 1000 * bitrates.get(usize::from(third >> 4).checked_sub(1)?)?;
        let rate = RATES.get(usize::from(third >> 2 & 3))? >> halvings;
        let padding = u32::from(third >> 1 & 1);
        let mono = fourth >> 6 == 3;
        let side_information = match (version_1, mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        let frames = if version_1 { 1152 } else { 576 };
        let bytes = (frames / 8 * bitrate / rate + padding) as usize;
        Some(Self { rate, mono, frames: u64::from(frames), bytes, side_information })
    }

    /// Whether both can be frames of one stream.
    pub(super) fn alike(&self, other: &Self) -> bool {
        (self.rate, self.mono, self.frames) == (other.rate, other.mono, other.frames)
    }
}
