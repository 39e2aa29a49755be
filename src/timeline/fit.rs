//! Fits a session to a length: scales all silences by one common factor, each held within its own bounds.

use std::time::Duration;

use super::cursor::TimelineCursor;
use super::error::TimelineError;
use super::length_range::LengthRange;
use super::model::MAX_LENGTH;
use super::plan::{PlannedContent, PlannedSegment, StretchableSilence};
use crate::units::{Frames, Rate};

/// Returns the lengths that a session can be fitted to.
pub(super) fn possible_lengths(segments: &[PlannedSegment], rate: Rate) -> LengthRange {
    let (fixed, silences) = (fixed_length(segments, rate), silence_range(segments));
    let fixed = fixed.other_time + time_of(fixed.clip_frames, rate);
    LengthRange { shortest: fixed + silences.shortest, longest: (fixed + silences.longest).min(MAX_LENGTH) }
}

/// Scales the silences so that the session is `target` long.
///
/// # Errors
/// If their bounds do not allow it.
pub(super) fn fit(segments: &mut [PlannedSegment], target: Duration, rate: Rate) -> Result<(), TimelineError> {
    let silences = time_for_silences(segments, target, rate).ok_or_else(|| TimelineError::UnreachableLength {
        requested: target,
        possible: possible_lengths(segments, rate),
    })?;
    scale_silences(segments, silences);
    Ok(())
}

/// Returns the total length of the silences in a session that is `target` long. Returns `None` if that is outside their range by more than
/// half a frame.
fn time_for_silences(segments: &[PlannedSegment], target: Duration, rate: Rate) -> Option<Duration> {
    let (fixed, range) = (fixed_length(segments, rate), silence_range(segments));
    let frames = rate.frames(target).0.checked_sub(fixed.clip_frames.0)?;
    let silences = time_of(Frames(frames), rate).checked_sub(fixed.other_time)?;
    let tolerance = Duration::from_secs(1) / rate.hertz() / 2;
    let is_reachable = silences + tolerance >= range.shortest && silences <= range.longest + tolerance;
    (target <= MAX_LENGTH && is_reachable).then(|| silences.clamp(range.shortest, range.longest))
}

/// Returns the length of everything that does not stretch.
fn fixed_length(segments: &[PlannedSegment], rate: Rate) -> TimelineCursor {
    segments.iter().fold(TimelineCursor::default(), |at, segment| match &segment.content {
        PlannedContent::Bell(strikes) => at.after(strikes.duration()),
        PlannedContent::Silence(silence) => silence.words_before().after(at),
        PlannedContent::Line(line) => line.segment_length(rate).after(at),
        PlannedContent::Pause(length) => length.after(at),
    })
}

/// Converts frames to time, rounded to the nearest nanosecond.
fn time_of(frames: Frames, rate: Rate) -> Duration {
    let hertz = u128::from(rate.hertz());
    let nanoseconds = (u128::from(frames.0) * 1_000_000_000 + hertz / 2) / hertz;
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

fn silences_mut<'segments, 'session>(
    segments: &'segments mut [PlannedSegment<'session>],
) -> impl Iterator<Item = &'segments mut StretchableSilence<'session>> {
    segments.iter_mut().filter_map(|segment| match &mut segment.content {
        PlannedContent::Silence(silence) => Some(silence),
        _ => None,
    })
}

/// Returns the range of the total length of all silences.
fn silence_range(segments: &[PlannedSegment]) -> LengthRange {
    let silences = segments.iter().filter_map(|segment| match &segment.content {
        PlannedContent::Silence(silence) => Some((silence.least, silence.most)),
        _ => None,
    });
    silences.fold(LengthRange { shortest: Duration::ZERO, longest: Duration::ZERO }, |sum, (least, most)| LengthRange {
        shortest: sum.shortest + least,
        longest: sum.longest + most,
    })
}

/// Scales the silences to a total of `target`, which must be within their [`silence_range`].
fn scale_silences(segments: &mut [PlannedSegment], target: Duration) {
    let bounds: Vec<_> = silences_mut(segments).map(|silence| SilenceBounds::new(silence)).collect();
    let factor = common_factor(&bounds, nanoseconds(target));
    let (mut exact, mut assigned) = (0.0_f64, 0_u64);
    for (silence, bounds) in silences_mut(segments).zip(&bounds) {
        exact += bounds.scaled(factor);
        let until = exact.round().max(assigned as f64) as u64;
        silence.length = Duration::from_nanos(until - assigned);
        assigned = until;
    }
    let target = u64::try_from(target.as_nanos()).unwrap_or(u64::MAX);
    distribute_rounding(segments, i128::from(target) - i128::from(assigned));
}

/// Distributes the few nanoseconds of the rounding error over the silences that have room for them.
fn distribute_rounding(segments: &mut [PlannedSegment], mut missing: i128) {
    for silence in silences_mut(segments) {
        let length = i128::from(u64::try_from(silence.length.as_nanos()).unwrap_or(u64::MAX));
        let bounded =
            (length + missing).clamp(silence.least.as_nanos().cast_signed(), silence.most.as_nanos().cast_signed());
        silence.length = Duration::from_nanos(u64::try_from(bounded).unwrap_or(0));
        missing -= bounded - length;
        if missing == 0 {
            break;
        }
    }
}

/// The natural length of a silence and its bounds, in nanoseconds.
struct SilenceBounds {
    natural: f64,
    least: f64,
    most: f64,
}

impl SilenceBounds {
    fn new(silence: &StretchableSilence) -> Self {
        Self {
            natural: nanoseconds(silence.length),
            least: nanoseconds(silence.least),
            most: nanoseconds(silence.most),
        }
    }

    fn scaled(&self, factor: f64) -> f64 {
        (self.natural * factor).clamp(self.least, self.most)
    }
}

fn nanoseconds(duration: Duration) -> f64 {
    duration.as_nanos() as f64
}

/// Finds by bisection the factor at which the bounded silences add up to `target`.
fn common_factor(silences: &[SilenceBounds], target: f64) -> f64 {
    let sum = |factor: f64| silences.iter().map(|silence| silence.scaled(factor)).sum::<f64>();
    let highest = silences.iter().map(|silence| silence.most / silence.natural.max(1.0)).fold(1.0, f64::max);
    let (mut low, mut high) = (0.0, highest);
    for _ in 0..128 {
        let middle = low + (high - low) / 2.0;
        if sum(middle) < target { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests;
