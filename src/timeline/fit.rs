//! One common factor for all silences, each held within its own bounds.

use std::time::Duration;

use super::LONGEST;
use super::fault::Fault;
use super::position::Position;
use super::unroll::{Extent, Rest, Step, What};
use crate::units::{Frames, Rate};

/// What a session can be fitted to, in time: exact, not yet rounded to what a person would type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Every silence at its least.
    pub shortest: Duration,
    /// Every silence at its most.
    pub longest: Duration,
}

impl Range {
    /// The shortest and the longest length that `--length` takes, in whole seconds.
    #[must_use]
    pub fn whole_seconds(self) -> (Duration, Duration) {
        let up = self.shortest.as_secs() + u64::from(self.shortest.subsec_nanos() > 0);
        (Duration::from_secs(up), Duration::from_secs(self.longest.as_secs()))
    }

    /// The shortest and the longest length to name to a listener, in whole seconds, or else in milliseconds; `None` where there
    /// is not even one of these.
    #[must_use]
    pub fn typed(self) -> Option<(Duration, Duration)> {
        let milliseconds =
            |duration: Duration| Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
        let up = milliseconds(self.shortest + Duration::from_nanos(999_999));
        [self.whole_seconds(), (up, milliseconds(self.longest))]
            .into_iter()
            .find(|(shortest, longest)| shortest <= longest)
    }
}

/// The lengths that a session can be fitted to. None is beyond what a session may last.
pub(super) fn range(steps: &[Step], rate: Rate) -> Range {
    let (fixed, reach) = (fixed(steps), reach(steps));
    let fixed = fixed.time + time_of(fixed.clips, rate);
    Range { shortest: fixed + reach.shortest, longest: (fixed + reach.longest).min(LONGEST) }
}

/// Scales the silences so that the session lasts `wanted`.
///
/// # Errors
/// When they do not reach that far.
pub(super) fn fit(steps: &mut [Step], wanted: Duration, rate: Rate) -> Result<(), Fault> {
    let silences =
        silences(steps, wanted, rate).ok_or_else(|| Fault::Length { wanted, possible: range(steps, rate) })?;
    scale(steps, silences);
    Ok(())
}

/// What is left to the silences of a session that lasts `wanted`, where that is within their reach to half a frame.
fn silences(steps: &[Step], wanted: Duration, rate: Rate) -> Option<Duration> {
    let (fixed, reach) = (fixed(steps), reach(steps));
    let frames = rate.frames(wanted).0.checked_sub(fixed.clips.0)?;
    let silences = time_of(Frames(frames), rate).checked_sub(fixed.time)?;
    let tolerance = Duration::from_secs(1) / rate.hertz() / 2;
    let within = silences + tolerance >= reach.shortest && silences <= reach.longest + tolerance;
    (wanted <= LONGEST && within).then(|| silences.clamp(reach.shortest, reach.longest))
}

/// What never stretches.
fn fixed(steps: &[Step]) -> Position {
    steps.iter().fold(Position::default(), |at, step| match &step.what {
        What::Bell(strikes) => at.after(strikes.duration()),
        What::Silence(_) => at,
        What::Spoken { frames, .. } | What::Held(Extent::Frames(frames)) => at.after_clip(*frames),
        What::Shown { time, .. } | What::Held(Extent::Time(time)) => at.after(*time),
    })
}

/// The moment of a frame, to the nearest nanosecond.
fn time_of(frames: Frames, rate: Rate) -> Duration {
    let hertz = u128::from(rate.hertz());
    let nanoseconds = (u128::from(frames.0) * 1_000_000_000 + hertz / 2) / hertz;
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

/// The silences of a session.
fn rests<'steps, 'session>(steps: &'steps mut [Step<'session>]) -> impl Iterator<Item = &'steps mut Rest<'session>> {
    steps.iter_mut().filter_map(|step| match &mut step.what {
        What::Silence(rest) => Some(rest),
        _ => None,
    })
}

/// The lengths that the silences can have together.
fn reach(steps: &[Step]) -> Range {
    let silences = steps.iter().filter_map(|step| match &step.what {
        What::Silence(rest) => Some((rest.least, rest.most)),
        _ => None,
    });
    silences.fold(Range { shortest: Duration::ZERO, longest: Duration::ZERO }, |sum, (least, most)| Range {
        shortest: sum.shortest + least,
        longest: sum.longest + most,
    })
}

/// Scales the silences so that together they last `wanted`, which is within their [`reach`].
fn scale(steps: &mut [Step], wanted: Duration) {
    let silences: Vec<_> =
        rests(steps).map(|rest| (nanoseconds(rest.natural), nanoseconds(rest.least), nanoseconds(rest.most))).collect();
    let factor = factor(&silences, nanoseconds(wanted));
    let (mut exact, mut given) = (0.0_f64, 0_u64);
    for rest in rests(steps) {
        exact += scaled((nanoseconds(rest.natural), nanoseconds(rest.least), nanoseconds(rest.most)), factor);
        let until = exact.round().max(given as f64) as u64;
        rest.natural = Duration::from_nanos(until - given);
        given = until;
    }
    let wanted = u64::try_from(wanted.as_nanos()).unwrap_or(u64::MAX);
    settle_rounding(steps, i128::from(wanted) - i128::from(given));
}

/// A few nanoseconds that rounding left over go where there is room for them.
fn settle_rounding(steps: &mut [Step], mut left: i128) {
    for rest in rests(steps) {
        let length = i128::from(u64::try_from(rest.natural.as_nanos()).unwrap_or(u64::MAX));
        let bounded = (length + left).clamp(rest.least.as_nanos().cast_signed(), rest.most.as_nanos().cast_signed());
        rest.natural = Duration::from_nanos(u64::try_from(bounded).unwrap_or(0));
        left -= bounded - length;
        if left == 0 {
            break;
        }
    }
}

fn nanoseconds(duration: Duration) -> f64 {
    duration.as_nanos() as f64
}

fn scaled((natural, least, most): (f64, f64, f64), factor: f64) -> f64 {
    (natural * factor).clamp(least, most)
}

/// The factor at which the bounded silences add up to `wanted`, found by halving.
fn factor(silences: &[(f64, f64, f64)], wanted: f64) -> f64 {
    let sum = |factor: f64| silences.iter().map(|silence| scaled(*silence, factor)).sum::<f64>();
    let highest = silences.iter().map(|(natural, _, most)| most / natural.max(1.0)).fold(1.0, f64::max);
    let (mut low, mut high) = (0.0, highest);
    for _ in 0..128 {
        let middle = low + (high - low) / 2.0;
        if sum(middle) < wanted { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests;
