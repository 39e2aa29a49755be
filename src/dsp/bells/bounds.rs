//! How far the numbers of a bell may go.

use std::fmt;
use std::ops::RangeInclusive;

use super::{Bell, Partial, Thud};

/// The latest end of any strike, in seconds: the longest t60, and time to rise.
pub(super) const LONGEST_SECONDS: f64 = 130.0;

pub(super) const GAINS: RangeInclusive<f64> = -120.0..=24.0;
pub(super) const AUDIBLE: RangeInclusive<f64> = 20.0..=20_000.0;
pub(super) const SHARES: RangeInclusive<f64> = 0.0..=1.0;
pub(super) const CONTACTS: RangeInclusive<f64> = 0.01..=100.0;
pub(super) const BRIGHTNESS: RangeInclusive<f64> = 0.0..=4.0;
pub(super) const LENGTHS: RangeInclusive<f64> = 0.05..=LONGEST_SECONDS;
pub(super) const PARTIALS: RangeInclusive<usize> = 1..=64;
/// Of any fundamental; of a given one, as far as its partials are audible.
pub(super) const RATIOS: RangeInclusive<f64> = 0.001..=1_000.0;
pub(super) const RINGS: RangeInclusive<f64> = 0.01..=120.0;
pub(super) const BEATS: RangeInclusive<f64> = 0.0..=20.0;
pub(super) const PANS: RangeInclusive<f64> = -1.0..=1.0;
pub(super) const ATTACKS: RangeInclusive<f64> = 1.0..=5_000.0;
pub(super) const DECAYS: RangeInclusive<f64> = 0.1..=1_000.0;
pub(super) const THUD_ATTACKS: RangeInclusive<f64> = 1.0..=1_000.0;

/// A number of a bell that is out of its range, or not a number.
#[derive(Clone, Debug, PartialEq)]
pub struct BellFault {
    /// The key, as it is reached within the bell: `partials[2].t60_s`.
    pub key: String,
    /// What stands there, in the key's own unit.
    pub value: f64,
    /// What may stand there.
    pub range: RangeInclusive<f64>,
}

impl fmt::Display for BellFault {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Self { key, value, range } = self;
        write!(formatter, "`{key}` is {value}, and may be from {} to {}", range.start(), range.end())
    }
}

impl std::error::Error for BellFault {}

/// Every number of a bell that is out of its range.
pub(super) fn faults(bell: &Bell) -> Vec<BellFault> {
    let mut found = Vec::new();
    let mut within = |key: &str, value: f64, range: RangeInclusive<f64>| look(&mut found, key, value, range);
    within("fundamental_hz", bell.fundamental_hz, AUDIBLE);
    within("master_db", bell.master_db, GAINS);
    within("max_momentary_lufs", bell.max_momentary_lufs.unwrap_or(0.0), GAINS);
    within("split_mix", bell.split_mix, SHARES);
    within("width", bell.width, SHARES);
    within("contact_ms", bell.contact_ms, CONTACTS);
    within("bright_exp", bell.bright_exp, BRIGHTNESS);
    within("length_s", bell.length_s, LENGTHS);
    if let Some(thud) = &bell.thud {
        thud_faults(thud, &mut within);
    }
    within("partials", bell.partials.len() as f64, *PARTIALS.start() as f64..=*PARTIALS.end() as f64);
    for (index, partial) in bell.partials.iter().enumerate().take(*PARTIALS.end()) {
        partial_faults(bell.fundamental_hz, partial, |name, value, range| {
            within(&format!("partials[{index}].{name}"), value, range);
        });
    }
    found
}

fn partial_faults(fundamental: f64, partial: &Partial, mut within: impl FnMut(&str, f64, RangeInclusive<f64>)) {
    // Of a fundamental that can't be heard itself nothing can be told.
    if AUDIBLE.contains(&fundamental) {
        within("ratio", partial.ratio, AUDIBLE.start() / fundamental..=AUDIBLE.end() / fundamental);
    }
    within("gain_db", partial.gain_db, GAINS);
    within("t60_s", partial.t60_s, RINGS);
    within("beat_hz", partial.beat_hz, BEATS);
    within("pan", partial.pan, PANS);
    within("attack_ms", partial.attack_ms, ATTACKS);
}

fn thud_faults(thud: &Thud, mut within: impl FnMut(&str, f64, RangeInclusive<f64>)) {
    within("thud.gain_db", thud.gain_db, GAINS);
    within("thud.lo_hz", thud.lo_hz, AUDIBLE);
    // What can't be heard itself bounds nothing.
    let low = if AUDIBLE.contains(&thud.lo_hz) { thud.lo_hz } else { *AUDIBLE.start() };
    within("thud.hi_hz", thud.hi_hz, low..=*AUDIBLE.end());
    within("thud.decay_ms", thud.decay_ms, DECAYS);
    within("thud.attack_ms", thud.attack_ms, THUD_ATTACKS);
}

/// Not a number is in no range.
fn look(found: &mut Vec<BellFault>, key: &str, value: f64, range: RangeInclusive<f64>) {
    if !range.contains(&value) {
        found.push(BellFault { key: key.to_owned(), value, range });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: impl FnOnce(&mut Bell)) -> Result<(), BellFault> {
        let mut bell = Bell::shipped("bowl").unwrap().clone();
        change(&mut bell);
        faults(&bell).into_iter().next().map_or(Ok(()), Err)
    }

    #[test]
    fn a_fault_names_its_key_and_range() {
        let fault = changed(|bell| bell.partials[2].t60_s = 300.0).unwrap_err();
        assert_eq!(fault.to_string(), "`partials[2].t60_s` is 300, and may be from 0.01 to 120");
    }

    #[test]
    fn every_fault_is_named() {
        let mut bell = Bell::shipped("bowl").unwrap().clone();
        bell.width = 2.0;
        bell.partials[1].pan = -3.0;
        bell.partials[4].t60_s = f64::NAN;
        let keys: Vec<_> = faults(&bell).into_iter().map(|fault| fault.key).collect();
        assert_eq!(keys, ["width", "partials[1].pan", "partials[4].t60_s"]);
    }

    #[test]
    fn what_is_not_finite_is_refused() {
        for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(changed(|bell| bell.fundamental_hz = wrong).is_err());
            assert!(changed(|bell| bell.master_db = wrong).is_err());
            assert!(changed(|bell| bell.partials[0].ratio = wrong).is_err());
            assert!(changed(|bell| bell.partials[6].attack_ms = wrong).is_err());
            assert!(changed(|bell| bell.thud.as_mut().unwrap().hi_hz = wrong).is_err());
        }
    }

    #[test]
    fn partials_are_audible_and_at_most_64() {
        assert_eq!(changed(|bell| bell.partials[6].ratio = 113.6), Ok(()));
        assert!(changed(|bell| bell.partials[6].ratio = 113.7).is_err());
        assert!(changed(|bell| bell.partials[0].ratio = 0.1).is_err());
        assert_eq!(changed(|bell| bell.partials.resize(64, bell.partials[0].clone())), Ok(()));
        assert!(changed(|bell| bell.partials.resize(65, bell.partials[0].clone())).is_err());
        assert!(changed(|bell| bell.partials.clear()).is_err());
    }
}
