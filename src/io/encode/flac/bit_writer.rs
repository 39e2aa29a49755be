//! Writes bits in the order of FLAC, most significant first.

/// Collects bits into bytes.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that don't fill a word yet, in the lowest positions.
    pending: u64,
    /// The number of pending bits: below 32.
    pending_count: u32,
}

impl BitWriter {
    /// Removes everything but keeps the memory.
    pub(super) fn clear(&mut self) {
        (self.pending, self.pending_count) = (0, 0);
        self.bytes.clear();
    }

    /// Appends the lowest `width` bits of `value`, at most 32. All other bits must be zero.
    #[inline]
    pub(super) fn push(&mut self, value: u32, width: u32) {
        debug_assert!(width <= 32 && (width == 32 || value >> width == 0));
        self.pending = self.pending << width | u64::from(value);
        self.pending_count += width;
        if self.pending_count >= 32 {
            self.pending_count -= 32;
            self.bytes.extend_from_slice(&((self.pending >> self.pending_count) as u32).to_be_bytes());
        }
    }

    /// Appends an integer of `width` bits in two's complement.
    #[inline]
    pub(super) fn push_signed(&mut self, value: i32, width: u32) {
        self.push(value.cast_unsigned() << (32 - width) >> (32 - width), width);
    }

    /// Appends a number as a Rice code with this parameter, below 32.
    #[inline]
    pub(super) fn push_rice(&mut self, value: u32, parameter: u32) {
        let (mut zeros, stop_bit) = (value >> parameter, 1 << parameter);
        let width = parameter + 1;
        let low = stop_bit | value & (stop_bit - 1);
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

    /// Pads the last byte with zeros and returns all bytes so far.
    pub(super) fn align(&mut self) -> &[u8] {
        let padding = self.pending_count.wrapping_neg() % 8;
        self.push(0, padding);
        while self.pending_count > 0 {
            self.pending_count -= 8;
            self.bytes.push((self.pending >> self.pending_count) as u8);
        }
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_significant_bit_comes_first() {
        let mut bits = BitWriter::default();
        bits.push(0b101, 3);
        bits.push_signed(-1, 4);
        bits.push(0xdead_beef, 32);
        assert_eq!(bits.align(), [0b1011_1111, 0xbd, 0x5b, 0x7d, 0xde]);
    }

    #[test]
    fn rice_codes_have_any_length() {
        let mut bits = BitWriter::default();
        bits.push_rice(0b10_01, 2);
        bits.push_rice(66, 0);
        let (zeros, tail) = ([0; 7], 0b0000_0001);
        assert_eq!(bits.align(), [&[0b0010_1000][..], &zeros, &[tail]].concat());
    }
}
