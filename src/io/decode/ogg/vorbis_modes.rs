//! The modes of a Vorbis stream, which determine the lengths of packets (Vorbis I specification, sections 4.2.4 and 4.3.1).

/// The maximum number of modes.
const MAX_MODES: usize = 64;
/// The bits of a mode: the size of its blocks, two types that are zero, and a mapping.
const MODE_BITS: usize = 1 + 16 + 16 + 8;
const COUNT_BITS: usize = 6;

/// The block sizes of a stream's modes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VorbisModes {
    /// The numbers of samples in a short and in a long block.
    block_sizes: [u32; 2],
    /// Whether each mode has long blocks.
    are_long: Vec<bool>,
}

impl VorbisModes {
    /// Reads the modes from the identification header and the setup header.
    pub(super) fn read(identification: &[u8], setup: &[u8]) -> Option<Self> {
        let exponents = *identification.get(28)?;
        let block_sizes = [exponents & 15, exponents >> 4].map(|exponent| 1_u32 << exponent);
        Some(Self { block_sizes, are_long: read_modes(setup)? })
    }

    /// Returns the number of samples in the block of a packet, or `None` if the packet contains no audio.
    pub(super) fn block_size(&self, packet: &[u8]) -> Option<u32> {
        let first = *packet.first()?;
        // The mode's number follows a zero bit.
        let bits = usize::BITS - (self.are_long.len() - 1).leading_zeros();
        let mode = usize::from(first >> 1) & ((1 << bits) - 1);
        let is_long = *self.are_long.get(mode).filter(|_| first & 1 == 0)?;
        Some(self.block_sizes[usize::from(is_long)])
    }
}

/// Reads the modes backwards from the end of the setup header, where they are the last element, preceded by their number.
fn read_modes(setup: &[u8]) -> Option<Vec<bool>> {
    let bit = |at: usize| setup.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
    let number = |at: usize, bits: usize| (0..bits).fold(0, |number, n| number | usize::from(bit(at + n)) << n);
    // The last set bit ends the header.
    let end = (0..setup.len() * 8).rev().find(|at| bit(*at))?;
    let (mut modes, mut count) = (Vec::new(), None);
    while modes.len() < MAX_MODES {
        let Some(start) = end.checked_sub((modes.len() + 1) * MODE_BITS) else { break };
        if number(start + 1, 32) != 0 || start < COUNT_BITS {
            break;
        }
        modes.insert(0, bit(start));
        // A longer list with a matching number is more likely to be the complete one.
        if number(start - COUNT_BITS, COUNT_BITS) + 1 == modes.len() {
            count = Some(modes.len());
        }
    }
    let count = count?;
    Some(modes.split_off(modes.len() - count))
}
