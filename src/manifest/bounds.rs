//! The ranges of a manifest's values, shared by the reader and the JSON schema.

use std::ops::RangeInclusive;
use std::time::Duration;

/// The maximum size of a manifest, in bytes: 1 MiB.
pub(crate) const MAX_MANIFEST_BYTES: usize = 1 << 20;
/// The supported format.
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
/// The natural length of a silence.
pub(super) const SILENCE: RangeInclusive<Duration> = Duration::from_millis(100)..=MAX_SILENCE;
/// The natural length of an open silence without one.
pub(super) const OPEN_NATURAL: Duration = Duration::from_mins(5);
/// The shortest and longest length of a silence in a fitted session.
pub(super) const FITTED_SILENCE: RangeInclusive<Duration> = Duration::ZERO..=MAX_SILENCE;
/// The longest silence.
pub(super) const MAX_SILENCE: Duration = Duration::from_hours(24);
/// The longest silence for an announcement.
pub(super) const ANNOUNCED_SILENCE: RangeInclusive<Duration> = SILENCE;
/// Time between two strikes of a bell.
pub(super) const STRIKE_EVERY: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_mins(10);
/// Time from the last strike to the next segment.
pub(super) const HOLD: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_mins(10);
/// Time between two interval bells within a silence.
pub(super) const INTERVAL_EVERY: RangeInclusive<Duration> = Duration::from_secs(10)..=MAX_SILENCE;
/// The maximum variation of an interval between bells. It must also be less than half of the interval.
pub(super) const INTERVAL_VARY: RangeInclusive<Duration> = Duration::ZERO..=MAX_SILENCE;
/// Time from the start of a spoken segment to the next segment.
pub(super) const LASTS: RangeInclusive<Duration> = Duration::from_millis(500)..=Duration::from_mins(10);
/// The maximum number of segments in a programme after unrolling repeats.
pub(super) const MAX_SEGMENTS: u64 = 10_000;
/// The maximum number of custom bells in a session.
pub(super) const MAX_BELLS: usize = 64;
/// The maximum number of different beds in a session.
pub(super) const MAX_BEDS: usize = 16;
/// The maximum number of announcements in a session.
pub(super) const MAX_ANNOUNCEMENTS: usize = 64;
/// The maximum length of a line of narration, in bytes.
pub(super) const MAX_LINE_BYTES: usize = 20_000;
/// The maximum length of a tag, in bytes.
pub(super) const MAX_TAG_BYTES: usize = 64;
/// The maximum length of a voice's name, in bytes.
pub(super) const MAX_VOICE_BYTES: usize = 64;
/// The maximum length of a clip's path, in bytes.
pub(super) const MAX_PATH_BYTES: usize = 1024;
/// The maximum length of an id, in characters.
pub(super) const MAX_ID_CHARS: usize = 64;
/// The maximum length of a duration's text, in bytes. Longer ones are not parsed.
pub(super) const MAX_DURATION_BYTES: usize = 64;
