//! How far the numbers of a bell may go.

use std::fmt;
use std::ops::RangeInclusive;

use super::{Bell, Partial, Thud};

/// The latest end of any strike, in seconds: the longest t60, and time to rise.
pub(super) const LONGEST_SECONDS: f64 = 130.0;

const GAINS: RangeInclusive<f64> = -120.0..=24.0;
const AUDIBLE: RangeInclusive<f64> = 20.0..=20_000.0;
const PANS: RangeInclusive<f64> = -1.0..=1.0;
const PARTIALS: RangeInclusive<f64> = 1.0..=64.0;

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

pub(super) fn check(bell: &Bell) -> Result<(), BellFault> {
    within("fundamental_hz", bell.fundamental_hz, AUDIBLE)?;
    within("master_db", bell.master_db, GAINS)?;
    within("max_momentary_lufs", bell.max_momentary_lufs.unwrap_or(0.0), -120.0..=24.0)?;
    within("split_mix", bell.split_mix, 0.0..=1.0)?;
    within("width", bell.width, 0.0..=1.0)?;
    within("contact_ms", bell.contact_ms, 0.01..=100.0)?;
    within("bright_exp", bell.bright_exp, 0.0..=4.0)?;
    within("length_s", bell.length_s, 0.05..=LONGEST_SECONDS)?;
    if let Some(thud) = &bell.thud {
        check_thud(thud)?;
    }
    within("number of partials", bell.partials.len() as f64, PARTIALS)?;
    bell.partials.iter().enumerate().try_for_each(|(index, partial)| check_partial(bell, index, partial))
}

fn check_partial(bell: &Bell, index: usize, partial: &Partial) -> Result<(), BellFault> {
    let key = |name| format!("partials[{index}].{name}");
    let lowest = AUDIBLE.start() / bell.fundamental_hz;
    let highest = AUDIBLE.end() / bell.fundamental_hz;
    within(&key("ratio"), partial.ratio, lowest..=highest)?;
    within(&key("gain_db"), partial.gain_db, GAINS)?;
    within(&key("t60_s"), partial.t60_s, 0.01..=120.0)?;
    within(&key("beat_hz"), partial.beat_hz, 0.0..=20.0)?;
    within(&key("pan"), partial.pan, PANS)?;
    within(&key("attack_ms"), partial.attack_ms, 1.0..=5_000.0)
}

fn check_thud(thud: &Thud) -> Result<(), BellFault> {
    within("thud.gain_db", thud.gain_db, GAINS)?;
    within("thud.lo_hz", thud.lo_hz, AUDIBLE)?;
    within("thud.hi_hz", thud.hi_hz, thud.lo_hz..=*AUDIBLE.end())?;
    within("thud.decay_ms", thud.decay_ms, 0.1..=1_000.0)?;
    within("thud.attack_ms", thud.attack_ms, 1.0..=1_000.0)
}

/// Not a number is in no range.
fn within(key: &str, value: f64, range: RangeInclusive<f64>) -> Result<(), BellFault> {
    if range.contains(&value) { Ok(()) } else { Err(BellFault { key: key.to_owned(), value, range }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: impl FnOnce(&mut Bell)) -> Result<(), BellFault> {
        let mut bell = Bell::shipped("bowl").unwrap().clone();
        change(&mut bell);
        check(&bell)
    }

    #[test]
    fn a_fault_names_its_key_and_range() {
        let fault = changed(|bell| bell.partials[2].t60_s = 300.0).unwrap_err();
        assert_eq!(fault.to_string(), "`partials[2].t60_s` is 300, and may be from 0.01 to 120");
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
