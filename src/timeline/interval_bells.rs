//! The times of interval bells.

use std::time::Duration;

use super::programme::Programme;
use super::segment::SegmentKey;
use crate::dsp::counter_rng::{random_unit, stream_key, text_stream};
use crate::manifest::session::IntervalBell;

/// The minimum remainder of a silence after an interval bell.
const MIN_REMAINDER: Duration = Duration::from_secs(10);

/// Returns the seed of a segment's intervals. It depends only on the title and the segment's position in the manifest.
pub(super) fn seed(title: &str, programme: Programme, key: SegmentKey) -> u32 {
    text_stream(&format!("{title}\n{}\n{key}", programme.index()))
}

/// Returns the times of the bells, from the start of a silence of this length. In a longer silence, the first ones are the same.
pub(super) fn strikes(interval: &IntervalBell, seed: u32, length: Duration) -> impl Iterator<Item = Duration> {
    let (every, vary) = (interval.every.max(Duration::from_millis(1)), interval.vary);
    let intervals = (0..).map(move |number| {
        let deviation = vary.mul_f64(random_unit(stream_key(seed, number)) * 2.0);
        (every + deviation).saturating_sub(vary)
    });
    let times = intervals.scan(Duration::ZERO, |time, interval| {
        *time = time.saturating_add(interval);
        Some(*time)
    });
    let is_early_enough = move |time: &Duration| time.saturating_add(MIN_REMAINDER) <= length;
    times.take_while(is_early_enough)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Located;
    use proptest::prelude::*;

    fn interval(every: u64, vary: u64) -> IntervalBell {
        let bell = Located { value: "inkin".to_owned(), span: 0..0 };
        IntervalBell { bell, every: Duration::from_millis(every), vary: Duration::from_millis(vary) }
    }

    fn times(interval: &IntervalBell, seed: u32, length: u64) -> Vec<Duration> {
        strikes(interval, seed, Duration::from_millis(length)).collect()
    }

    #[test]
    fn bells_without_variation_ring_at_every_multiple() {
        let seconds = |seconds: &[u64]| seconds.iter().map(|one| Duration::from_secs(*one)).collect::<Vec<_>>();
        assert_eq!(times(&interval(60_000, 0), 1, 190_000), seconds(&[60, 120, 180]));
        assert_eq!(times(&interval(60_000, 0), 1, 189_999), seconds(&[60, 120]));
        assert_eq!(times(&interval(60_000, 0), 1, 5_000), seconds(&[]));
    }

    #[test]
    fn intervals_depend_on_position_and_title() {
        let key = SegmentKey::segment(3);
        let seeds = [
            seed("Sit", Programme::SESSION, key),
            seed("Sat", Programme::SESSION, key),
            seed("Sit", Programme::SOFTEN, key),
            seed("Sit", Programme::SESSION, SegmentKey::segment(4)),
            seed("Sit", Programme::SESSION, key.part(1, 0)),
            seed("Sit", Programme::SESSION, key.part(2, 0)),
        ];
        let varied = seeds.map(|seed| times(&interval(240_000, 60_000), seed, 3_600_000));
        for (index, one) in varied.iter().enumerate() {
            assert!(!varied[..index].contains(one), "{index}");
        }
        assert_eq!(seeds[0], seed("Sit", Programme::SESSION, key));
    }

    proptest! {
        #[test]
        fn each_interval_differs_by_at_most_the_variation(
            every in 10_000_u64..600_000,
            share in 0.0_f64..0.499,
            seed in any::<u32>(),
            length in 0_u64..7_200_000,
            more in 0_u64..7_200_000,
        ) {
            let vary = (every as f64 * share) as u64;
            let interval = interval(every, vary);
            let bells = times(&interval, seed, length);
            let mut last = Duration::ZERO;
            for time in &bells {
                let apart = (*time - last).as_millis() as u64;
                prop_assert!(apart + 1 >= every - vary && apart <= every + vary, "{apart}");
                last = *time;
            }
            prop_assert!(bells.last().is_none_or(|last| *last + MIN_REMAINDER <= Duration::from_millis(length)));
            prop_assert!(last + interval.every + interval.vary + MIN_REMAINDER >= Duration::from_millis(length), "no bell is missing");
            let longer = times(&interval, seed, length + more);
            prop_assert_eq!(&longer[..bells.len()], &bells[..]);
        }

        #[test]
        fn intervals_are_spread_over_the_whole_range(seed in any::<u32>()) {
            let bells = times(&interval(240_000, 60_000), seed, 80_000_000);
            let apart: Vec<_> = bells.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
            let mean = apart.iter().sum::<f64>() / apart.len() as f64;
            prop_assert!((mean - 240.0).abs() < 8.0, "{mean}");
            prop_assert!(apart.iter().any(|seconds| *seconds < 190.0) && apart.iter().any(|seconds| *seconds > 290.0));
        }
    }
}
