//! Checks that the numbers of a bell are within their ranges.

use std::ops::RangeInclusive;

use super::model::{Bell, Partial, Thud};
use super::ranges::{
    ATTACK_MS, AUDIBLE_HZ, BEAT_HZ, BRIGHTNESS_EXPONENT, CONTACT_MS, DECAY_MS, GAIN_DB, LENGTH_S, PAN, PARTIAL_COUNT,
    SHARE, T60_S, THUD_ATTACK_MS,
};

/// A number of a bell that is NaN or outside of its range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{key}` is {value}, but must be from {} to {}", range.start(), range.end())]
pub(crate) struct BellRangeError {
    /// The path of the key within the bell, such as `partials[2].t60_s`.
    pub(crate) key: String,
    /// The value in the key's own unit.
    pub(crate) value: f64,
    /// The allowed range.
    pub(crate) range: RangeInclusive<f64>,
}

impl Bell {
    /// Returns every number that is outside of its range, in the order of the keys. If there is none, every strike is finite in level, time
    /// and memory.
    #[must_use]
    pub(crate) fn range_errors(&self) -> Vec<BellRangeError> {
        range_errors(self)
    }
}

fn range_errors(bell: &Bell) -> Vec<BellRangeError> {
    let mut errors = Vec::new();
    let mut within = |key: &str, value: f64, range: RangeInclusive<f64>| check_range(&mut errors, key, value, range);
    within("fundamental_hz", bell.fundamental_hz, AUDIBLE_HZ);
    within("master_db", bell.master_db, GAIN_DB);
    within("max_momentary_lufs", bell.max_momentary_lufs.unwrap_or(0.0), GAIN_DB);
    within("split_mix", bell.split_mix, SHARE);
    within("width", bell.width, SHARE);
    within("contact_ms", bell.contact_ms, CONTACT_MS);
    within("bright_exp", bell.bright_exp, BRIGHTNESS_EXPONENT);
    within("length_s", bell.length_s, LENGTH_S);
    if let Some(thud) = &bell.thud {
        check_thud(thud, &mut within);
    }
    within("partials", bell.partials.len() as f64, *PARTIAL_COUNT.start() as f64..=*PARTIAL_COUNT.end() as f64);
    for (index, partial) in bell.partials.iter().enumerate().take(*PARTIAL_COUNT.end()) {
        check_partial(bell.fundamental_hz, partial, |name, value, range| {
            within(&format!("partials[{index}].{name}"), value, range);
        });
    }
    errors
}

fn check_partial(fundamental: f64, partial: &Partial, mut within: impl FnMut(&str, f64, RangeInclusive<f64>)) {
    // The range of a ratio is unknown without a valid fundamental.
    if AUDIBLE_HZ.contains(&fundamental) {
        within("ratio", partial.ratio, AUDIBLE_HZ.start() / fundamental..=AUDIBLE_HZ.end() / fundamental);
    }
    within("gain_db", partial.gain_db, GAIN_DB);
    within("t60_s", partial.t60_s, T60_S);
    within("beat_hz", partial.beat_hz, BEAT_HZ);
    within("pan", partial.pan, PAN);
    within("attack_ms", partial.attack_ms, ATTACK_MS);
}

fn check_thud(thud: &Thud, mut within: impl FnMut(&str, f64, RangeInclusive<f64>)) {
    within("thud.gain_db", thud.gain_db, GAIN_DB);
    within("thud.lo_hz", thud.lo_hz, AUDIBLE_HZ);
    // Only a valid lower end limits the upper end.
    let low = if AUDIBLE_HZ.contains(&thud.lo_hz) { thud.lo_hz } else { *AUDIBLE_HZ.start() };
    within("thud.hi_hz", thud.hi_hz, low..=*AUDIBLE_HZ.end());
    within("thud.decay_ms", thud.decay_ms, DECAY_MS);
    within("thud.attack_ms", thud.attack_ms, THUD_ATTACK_MS);
}

/// Adds an error if the value is outside of the range. NaN is outside of every range.
fn check_range(errors: &mut Vec<BellRangeError>, key: &str, value: f64, range: RangeInclusive<f64>) {
    if !range.contains(&value) {
        errors.push(BellRangeError { key: key.to_owned(), value, range });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the first error in the bowl after a change.
    fn changed(change: impl FnOnce(&mut Bell)) -> Result<(), BellRangeError> {
        let mut bell = Bell::built_in("bowl").unwrap().clone();
        change(&mut bell);
        bell.range_errors().into_iter().next().map_or(Ok(()), Err)
    }

    #[test]
    fn an_error_names_the_key_and_its_range() {
        let error = changed(|bell| bell.partials[2].t60_s = 300.0).unwrap_err();
        assert_eq!(error.to_string(), "`partials[2].t60_s` is 300, but must be from 0.01 to 120");
    }

    #[test]
    fn every_error_is_found() {
        let mut bell = Bell::built_in("bowl").unwrap().clone();
        bell.width = 2.0;
        bell.partials[1].pan = -3.0;
        bell.partials[4].t60_s = f64::NAN;
        let keys: Vec<_> = bell.range_errors().into_iter().map(|error| error.key).collect();
        assert_eq!(keys, ["width", "partials[1].pan", "partials[4].t60_s"]);
    }

    #[test]
    fn numbers_that_are_not_finite_are_rejected() {
        for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(changed(|bell| bell.fundamental_hz = wrong).is_err());
            assert!(changed(|bell| bell.master_db = wrong).is_err());
            assert!(changed(|bell| bell.partials[0].ratio = wrong).is_err());
            assert!(changed(|bell| bell.partials[6].attack_ms = wrong).is_err());
            assert!(changed(|bell| bell.thud.as_mut().unwrap().hi_hz = wrong).is_err());
        }
    }

    #[test]
    fn partials_must_be_audible_and_at_most_64() {
        assert_eq!(changed(|bell| bell.partials[6].ratio = 113.6), Ok(()));
        assert!(changed(|bell| bell.partials[6].ratio = 113.7).is_err());
        assert!(changed(|bell| bell.partials[0].ratio = 0.1).is_err());
        assert_eq!(changed(|bell| bell.partials.resize(64, bell.partials[0].clone())), Ok(()));
        assert!(changed(|bell| bell.partials.resize(65, bell.partials[0].clone())).is_err());
        assert!(changed(|bell| bell.partials.clear()).is_err());
    }
}
