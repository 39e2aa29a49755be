//! How far the numbers of a manifest may go: what the reader holds them to, and what the schema tells.

use std::ops::RangeInclusive;

/// The format that this program reads.
pub(super) const FORMAT: u32 = 1;
/// LUFS of the voice.
pub(super) const VOICE: RangeInclusive<f64> = -40.0..=-9.0;
/// LU that a level of bell or bed may be moved by.
pub(super) const LEVEL: RangeInclusive<f64> = -60.0..=12.0;
/// dB on top of the session's common gain.
pub(super) const GAIN: RangeInclusive<f64> = -24.0..=12.0;
/// How often a bell is struck in one segment.
pub(super) const STRIKES: RangeInclusive<u32> = 1..=108;
/// How often parts are repeated.
pub(super) const TIMES: RangeInclusive<u32> = 2..=1000;
/// More bells than this are no session's.
pub(super) const MOST_BELLS: usize = 64;
/// How many bytes one line of narration may have.
pub(super) const LONGEST_LINE: usize = 20_000;
/// How many bytes a tag may have.
pub(super) const LONGEST_TAG: usize = 64;
/// How many bytes the path of a clip may have.
pub(super) const LONGEST_PATH: usize = 1024;
/// How many characters an id may have.
pub(super) const LONGEST_ID: usize = 64;
