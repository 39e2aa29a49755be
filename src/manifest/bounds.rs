//! The ranges of a manifest's values, shared by the reader and the JSON schema.

use std::ops::RangeInclusive;
use std::time::Duration;

/// The largest manifest, in bytes: 1 MiB.
pub(crate) const MAX_MANIFEST_BYTES: usize = 1 << 20;
/// The format that this program reads.
pub(super) const FORMAT: u32 = 1;
/// Loudness of the voice, in LUFS.
pub(super) const VOICE_LUFS: RangeInclusive<f64> = -40.0..=-9.0;
/// Change of a bell's or the bed's level, in LU.
pub(super) const LEVEL_LU: RangeInclusive<f64> = -60.0..=12.0;
/// Gain of one recording, in dB.
pub(super) const GAIN_DB: RangeInclusive<f64> = -24.0..=12.0;
/// Strikes of a bell in one segment.
pub(super) const STRIKES: RangeInclusive<u32> = 1..=108;
/// Repetitions of a repeat.
pub(super) const REPETITIONS: RangeInclusive<u32> = 2..=1000;
/// Silence before the first segment.
pub(crate) const SETTLE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_mins(10);
/// Natural length of a silence.
pub(super) const SILENCE: RangeInclusive<Duration> = Duration::from_millis(100)..=MAX_SILENCE;
/// Natural length of an open silence that gives none.
pub(super) const OPEN_NATURAL: Duration = Duration::from_mins(5);
/// Shortest and longest length of a silence when the session is fitted.
pub(super) const FITTED_SILENCE: RangeInclusive<Duration> = Duration::ZERO..=MAX_SILENCE;
/// The longest silence.
pub(super) const MAX_SILENCE: Duration = Duration::from_hours(24);
/// The longest silence that an announcement is for.
pub(super) const ANNOUNCED_SILENCE: RangeInclusive<Duration> = SILENCE;
/// Time between two strikes of a bell.
pub(super) const STRIKE_EVERY: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_mins(10);
/// Time from the last strike to the next segment.
pub(super) const HOLD: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_mins(10);
/// Time between two interval bells within a silence.
pub(super) const INTERVAL_EVERY: RangeInclusive<Duration> = Duration::from_secs(10)..=MAX_SILENCE;
/// How much an interval between bells may differ. It is also less than half of the interval.
pub(super) const INTERVAL_VARY: RangeInclusive<Duration> = Duration::ZERO..=MAX_SILENCE;
/// Time from the start of a spoken segment to the next segment.
pub(super) const LASTS: RangeInclusive<Duration> = Duration::from_millis(500)..=Duration::from_mins(10);
/// The most segments of a programme after repeats are unrolled.
pub(super) const MAX_SEGMENTS: u64 = 10_000;
/// The most custom bells of a session.
pub(super) const MAX_BELLS: usize = 64;
/// The most different beds of a session.
pub(super) const MAX_BEDS: usize = 16;
/// The most announcements of a session.
pub(super) const MAX_ANNOUNCEMENTS: usize = 64;
/// The longest line of narration, in bytes.
pub(super) const MAX_LINE_BYTES: usize = 20_000;
/// The longest tag, in bytes.
pub(super) const MAX_TAG_BYTES: usize = 64;
/// The longest name of a voice, in bytes.
pub(super) const MAX_VOICE_BYTES: usize = 64;
/// The longest path of a clip, in bytes.
pub(super) const MAX_PATH_BYTES: usize = 1024;
/// The longest id, in characters.
pub(super) const MAX_ID_CHARS: usize = 64;
/// The longest text of a duration, in bytes. Longer ones are not parsed.
pub(super) const MAX_DURATION_BYTES: usize = 64;
