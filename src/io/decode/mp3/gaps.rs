//! Estimates the number of lost frames in the gaps of a damaged MP3.

use std::collections::BTreeMap;

use super::frame_scanner::{FrameScanner, ScanStep};

/// The number of frames after a gap whose mean size is used for the lost frames.
const NEIGHBOURS: u32 = 32;

/// The gaps of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps {
    /// The number of lost frames by the byte position of the gap, as far as it is known. `None` until the first gap is found.
    known: Option<BTreeMap<u64, u64>>,
}

impl Gaps {
    /// Returns the number of frames lost between two byte positions. `promised` is the number of all frames from the byte `first` on, if a tag
    /// states it.
    pub(super) fn lost_frames(
        &mut self,
        scanner: &mut FrameScanner,
        from: u64,
        to: u64,
        first: u64,
        promised: Option<u64>,
    ) -> u64 {
        let known = self.known.get_or_insert_with(|| measure(scanner, first, promised));
        known.get(&from).copied().unwrap_or_else(|| estimate(scanner, from, to))
    }
}

/// Estimates the number of lost frames by the size of the frames after the gap.
fn estimate(scanner: &mut FrameScanner, from: u64, to: u64) -> u64 {
    let frames = ((to - from) as f64 / scanner.mean_frame_size(to, NEIGHBOURS)).round();
    to_integer(frames)
}

/// Scans the whole file and distributes the missing frames over its gaps.
fn measure(scanner: &mut FrameScanner, first: u64, promised: Option<u64>) -> BTreeMap<u64, u64> {
    let Some(promised) = promised else { return BTreeMap::new() };
    let position = scanner.position();
    scanner.set_position(first);
    let (mut found_frames, mut estimates) = (0, Vec::new());
    loop {
        match scanner.step() {
            ScanStep::Frame { .. } => found_frames += 1,
            ScanStep::Tag => {}
            ScanStep::Gap { from, to } => estimates.push((from, estimate(scanner, from, to))),
            ScanStep::OtherStream | ScanStep::End { .. } => break,
        }
    }
    scanner.set_position(position);
    promised.checked_sub(found_frames).map(|lost| share_out(lost, &estimates)).unwrap_or_default()
}

/// Divides a number of frames among gaps in proportion to their estimates.
fn share_out(lost: u64, estimates: &[(u64, u64)]) -> BTreeMap<u64, u64> {
    let total = estimates.iter().map(|(_, estimate)| estimate).sum::<u64>().max(1);
    let (mut estimated, mut shared) = (0, 0);
    let mut shares = BTreeMap::new();
    for (position, estimate) in estimates {
        estimated += estimate;
        let until = to_integer((lost as f64 * estimated as f64 / total as f64).round());
        shares.insert(*position, until - shared);
        shared = until;
    }
    shares
}

/// Converts a rounded, positive number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the conversion saturates, as is wanted")]
fn to_integer(number: f64) -> u64 {
    number as u64
}
