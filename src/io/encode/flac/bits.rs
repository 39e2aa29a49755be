//! Bits in the order of FLAC, highest first, and its check sums (RFC 9639, section 9.1.8 and 9.3).

/// Collects bits into bytes.
#[derive(Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// The newest bits, in its lowest places.
    held: u64,
    /// How many are held: fewer than 32.
    count: u32,
}

impl Bits {
    /// Forgets everything, and keeps the memory.
    pub(super) fn clear(&mut self) {
        (self.held, self.count) = (0, 0);
        self.bytes.clear();
    }

    /// Appends the lowest `width` bits of `value`, at most 32; there must be no others.
    #[inline]
    pub(super) fn push(&mut self, value: u32, width: u32) {
        debug_assert!(width <= 32 && (width == 32 || value >> width == 0));
        self.held = self.held << width | u64::from(value);
        self.count += width;
        if self.count >= 32 {
            self.count -= 32;
            self.bytes.extend_from_slice(&((self.held >> self.count) as u32).to_be_bytes());
        }
    }

    /// Appends a whole number in `width` bits, of two's complement.
    #[inline]
    pub(super) fn push_signed(&mut self, value: i32, width: u32) {
        self.push(value.cast_unsigned() << (32 - width) >> (32 - width), width);
    }

    /// Appends a number as Rice's code with this parameter, below 32.
    #[inline]
    pub(super) fn push_rice(&mut self, value: u32, parameter: u32) {
        let (mut zeros, stop) = (value >> parameter, 1 << parameter);
        let width = parameter + 1;
        let low = stop | value & (stop - 1);
        if zeros + width <= 32 {
            self.push(low, zeros + width);
            return;
        }
        while zeros > 32 {
            self.push(0, 32);
            zeros -= 32;
        }
        self.push(0, zeros);
        self.push(low, width);
    }

    /// Fills the last byte with zeros, and shows all bytes so far.
    pub(super) fn align(&mut self) -> &[u8] {
        let padding = self.count.wrapping_neg() % 8;
        self.push(0, padding);
        while self.count > 0 {
            self.count -= 8;
            self.bytes.push((self.held >> self.count) as u8);
        }
        &self.bytes
    }
}

/// The check sum of a frame's header: x⁸ + x² + x + 1.
pub(super) fn crc_8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum: u8, _| if sum & 0x80 == 0 { sum << 1 } else { sum << 1 ^ 0x07 })
    })
}

/// The check sum of a frame: x¹⁶ + x¹⁵ + x² + 1.
pub(super) fn crc_16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| sum << 8 ^ CRC_16[usize::from((sum >> 8) as u8 ^ byte)])
}

const CRC_16: [u16; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let (mut sum, mut bit) = ((index as u16) << 8, 0);
        while bit < 8 {
            sum = if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x8005 };
            bit += 1;
        }
        table[index] = sum;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_highest_first() {
        let mut bits = Bits::default();
        bits.push(0b101, 3);
        bits.push_signed(-1, 4);
        bits.push(0xdead_beef, 32);
        assert_eq!(bits.align(), [0b1011_1111, 0xbd, 0x5b, 0x7d, 0xde]);
    }

    #[test]
    fn rice_codes_of_any_length() {
        let mut bits = Bits::default();
        bits.push_rice(0b10_01, 2);
        bits.push_rice(66, 0);
        let (zeros, tail) = ([0; 7], 0b0000_0001);
        assert_eq!(bits.align(), [&[0b0010_1000][..], &zeros, &[tail]].concat());
    }

    #[test]
    fn check_sums_are_the_published_ones() {
        assert_eq!((crc_8(b"123456789"), crc_16(b"123456789")), (0xf4, 0xfee8));
    }
}
