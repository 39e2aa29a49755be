//! The checksums of a FLAC frame (RFC 9639, sections 9.1.8 and 9.3).

/// Returns the checksum of a frame header: x⁸ + x² + x + 1.
pub(super) fn crc_8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum: u8, _| if sum & 0x80 == 0 { sum << 1 } else { sum << 1 ^ 0x07 })
    })
}

/// Returns the checksum of a frame: x¹⁶ + x¹⁵ + x² + 1.
pub(super) fn crc_16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        let [high, _] = sum.to_be_bytes();
        sum << 8 ^ CRC_16[usize::from(high ^ byte)]
    })
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
    fn checksums_match_published_values() {
        assert_eq!((crc_8(b"123456789"), crc_16(b"123456789")), (0xf4, 0xfee8));
    }
}
