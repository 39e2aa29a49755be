//! Finds the spectral band replication of high-efficiency AAC in files that do not announce it (ISO/IEC 14496-3, section 4.4.2.7).
//!
//! It is in a fill element at the end of each packet. The data before it is not parsed: each packet is read backwards from its end,
//! and a fill element counts only if most packets have one.

use super::file_window::FileWindow;
use super::packet_table::TablePacket;

/// The first packet to examine: those before it may be empty.
const FIRST_PACKET: usize = 4;
/// The maximum and minimum number of packets to examine.
const MAX_PACKETS: usize = 32;
const MIN_PACKETS: usize = 8;
/// The maximum size of a packet in bytes. Larger ones are not examined.
const MAX_PACKET_SIZE: usize = 8192;
/// The codes of a fill element and of the end, in three bits.
const FILL: u32 = 0b110;
const END: u32 = 0b111;
/// The content of a fill element by its first four bits: nothing, padding, or band replication.
const PADDING: [u32; 2] = [0, 1];
const REPLICATION: [u32; 2] = [13, 14];
/// The maximum size of a fill element's content in bytes.
const MAX_FILL: usize = 269;
/// The maximum number of fill elements after the one searched for.
const MAX_ELEMENTS: u32 = 3;

/// Returns whether the packets of a track contain band replication.
pub(super) fn has_band_replication(window: &mut FileWindow, packets: &[TablePacket]) -> bool {
    let is_examined = |packet: &&TablePacket| usize::try_from(packet.size).is_ok_and(|size| size <= MAX_PACKET_SIZE);
    let (mut found, mut examined) = (0, 0);
    for packet in packets.iter().skip(FIRST_PACKET).filter(is_examined).take(MAX_PACKETS) {
        examined += 1;
        found += usize::from(ends_with_replication(window.at(packet.offset, packet.size as usize)));
    }
    examined >= MIN_PACKETS && found * 8 >= examined * 7
}

fn ends_with_replication(packet: &[u8]) -> bool {
    // Up to seven bits of padding follow the code of the end.
    let Some(last) = packet.last().filter(|last| **last != 0) else { return false };
    let end = packet.len() * 8 - last.trailing_zeros() as usize;
    let Some(end) = end.checked_sub(3).filter(|start| bits(packet, *start, 3) == Some(END)) else { return false };
    has_replication_before(packet, end, MAX_ELEMENTS)
}

/// Returns whether one of the fill elements that end before the bit `end` contains band replication. `padding` is the maximum number of
/// padding elements after it.
fn has_replication_before(packet: &[u8], end: usize, padding: u32) -> bool {
    (0..=MAX_FILL).map_while(|count| Some((count, end.checked_sub(count * 8)?))).any(|(count, start)| {
        let Some(element) = element_start(packet, start, count) else { return false };
        let content = bits(packet, start, 4).filter(|_| count > 0).unwrap_or(0);
        let is_padding = PADDING.contains(&content) && padding > 0;
        REPLICATION.contains(&content) || is_padding && has_replication_before(packet, element, padding - 1)
    })
}

/// Returns the first bit of the fill element that has `count` bytes of content from bit `content` on.
fn element_start(packet: &[u8], content: usize, count: usize) -> Option<usize> {
    let (head, length) = match u32::try_from(count).ok()? {
        short @ 0..15 => (FILL << 4 | short, 7),
        long => ((FILL << 4 | 15) << 8 | (long - 14), 15),
    };
    let start = content.checked_sub(length)?;
    (bits(packet, start, length)? == head).then_some(start)
}

fn bits(packet: &[u8], start: usize, count: usize) -> Option<u32> {
    (start..start + count)
        .try_fold(0, |number, bit| Some(number << 1 | u32::from(packet.get(bit / 8)? >> (7 - bit % 8) & 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a packet of these elements, each a number and its length in bits.
    fn packet(elements: &[(u32, usize)]) -> Vec<u8> {
        let bits: Vec<bool> = elements
            .iter()
            .flat_map(|(number, count)| (0..*count).rev().map(move |bit| (number >> bit) & 1 == 1))
            .collect();
        bits.chunks(8)
            .map(|eight| eight.iter().enumerate().fold(0, |byte, (at, bit)| byte | (u8::from(*bit) << (7 - at))))
            .collect()
    }

    #[test]
    fn replication_is_found_at_the_end_of_a_packet() {
        let sound = [(0b000_0000, 7), (0x1234_5678, 32), (0x55, 9)];
        let fill = |count: u32, content: u32| {
            let head = if count < 15 { ((6 << 4) | count, 7) } else { ((((6 << 4) | 15) << 8) | (count - 14), 15) };
            [vec![head, (content, 4), (0x9, 4)], vec![(0xa5, 8); count as usize - 1]].concat()
        };
        let ended =
            |elements: &[Vec<(u32, usize)>]| packet(&[sound.to_vec(), elements.concat(), vec![(7, 3)]].concat());
        assert!(ends_with_replication(&ended(&[fill(5, 13)])));
        assert!(ends_with_replication(&ended(&[fill(40, 14)])));
        assert!(ends_with_replication(&ended(&[fill(20, 13), fill(3, 0)])), "padding after it");
        assert!(!ends_with_replication(&ended(&[fill(20, 0)])), "padding alone");
        assert!(!ends_with_replication(&ended(&[])));
        assert!(!ends_with_replication(&[]) && !ends_with_replication(&[0; 8]) && !ends_with_replication(&[0xff; 8]));
    }
}
