//! An examination as bytes, exactly, so that it need not be made twice. Little endian; the lengths are in the bytes themselves.

use super::analysis::{Damage, Examination};
use super::clip_decoder::ClipFacts;
use super::loudness::LoudnessBlocks;
use super::statistics::Statistics;
use super::{LONGEST, MOST_CHANNELS};
use crate::units::{Frames, Rate};

/// Changes with whatever is measured, and how, so that nothing old is taken for new.
pub const RECORD_VERSION: &str = concat!("1 ", env!("CARGO_PKG_VERSION"));

/// Full scale, and what rounding may add to it.
const FULL: f64 = 1.0001;

impl Examination {
    /// All of it.
    #[must_use]
    pub fn to_record(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.facts.rate.hertz().to_le_bytes());
        bytes.push(self.facts.channels as u8);
        bytes.extend(self.facts.frames.0.to_le_bytes());
        let (kind, first, frames) = match self.damage {
            Damage::None => (0, 0, 0),
            Damage::CutShort(at) => (1, at, 0),
            Damage::Holes { first, frames } => (2, first, frames),
        };
        bytes.push(kind);
        bytes.extend([first, frames, self.statistics.clipped_runs].map(u64::to_le_bytes).as_flattened());
        let Statistics { direct_current, first, last, noise, .. } = self.statistics;
        // What is not there is not a number.
        let numbers = [direct_current, first, last, noise.unwrap_or(f64::NAN)];
        bytes.extend(numbers.map(f64::to_le_bytes).as_flattened());
        bytes.extend(self.loudness.to_bytes());
        bytes
    }

    /// The same again; `None` where the bytes are no examination that could have been made.
    #[must_use]
    pub fn from_record(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes);
        let rate = Rate::new(bytes.number()?)?;
        let [channels] = bytes.take()?;
        let frames = bytes.count()?;
        let whole = 1..=LONGEST * u64::from(rate.hertz());
        if !(1..=MOST_CHANNELS).contains(&usize::from(channels)) || !whole.contains(&frames) {
            return None;
        }
        let facts = ClipFacts { rate, channels: channels.into(), frames: Frames(frames) };
        let [kind] = bytes.take()?;
        let (first, missing) = (bytes.count()?, bytes.count()?);
        let damage = match kind {
            0 => Damage::None,
            1 => Damage::CutShort(first),
            2 => Damage::Holes { first, frames: missing },
            _ => return None,
        };
        let within = first <= frames && missing <= frames;
        let clipped_runs = bytes.count().filter(|_| within)?;
        let [direct_current, first, last, noise] = [bytes.real()?, bytes.real()?, bytes.real()?, bytes.real()?];
        if ![direct_current, first, last].iter().all(|value| (0.0..=FULL).contains(value)) || noise.is_infinite() {
            return None;
        }
        let noise = Some(noise).filter(|noise| !noise.is_nan());
        let statistics = Statistics { clipped_runs, direct_current, first, last, noise };
        let loudness = LoudnessBlocks::from_bytes(bytes.0, rate, Frames(frames))?;
        Some(Self { facts, damage, loudness, statistics })
    }
}

/// What is left to read.
struct Bytes<'record>(&'record [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn count(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn real(&mut self) -> Option<f64> {
        self.take().map(f64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn damages() -> impl Strategy<Value = Damage> {
        prop_oneof![
            Just(Damage::None),
            (0_u64..1000).prop_map(Damage::CutShort),
            (0_u64..1000, 0_u64..1000).prop_map(|(first, frames)| Damage::Holes { first, frames }),
        ]
    }

    prop_compose! {
        fn examinations()(
            hertz in 1_u32..=Rate::MAX_HERTZ,
            channels in 1_usize..=MOST_CHANNELS,
            seconds in 0_u64..60,
            damage in damages(),
            numbers in [0.0_f64..=1.0, 0.0..=1.0, 0.0..=1.0],
            noise in prop::option::of(-120.0_f64..0.0),
            clipped_runs: u64,
            blocks in prop::collection::vec(-69.99_f32..5.0, 0..9),
        ) -> Examination {
            let facts = ClipFacts { rate: Rate::new(hertz).unwrap(), channels, frames: Frames(seconds * u64::from(hertz) + 1000.min(u64::from(hertz))) };
            let [direct_current, first, last] = numbers;
            let bytes: Vec<u8> = blocks.iter().take(facts.frames.0 as usize * 10 / hertz as usize).flat_map(|block| block.to_le_bytes()).collect();
            let loudness = LoudnessBlocks::from_bytes(&bytes, facts.rate, facts.frames).unwrap();
            let within = |damage| match damage {
                Damage::CutShort(at) => Damage::CutShort(at.min(facts.frames.0)),
                Damage::Holes { first, frames } => Damage::Holes { first: first.min(facts.frames.0), frames: frames.min(facts.frames.0) },
                Damage::None => Damage::None,
            };
            let statistics = Statistics { clipped_runs, direct_current, first, last, noise };
            Examination { facts, damage: within(damage), loudness, statistics }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_record_is_the_examination_again(examination in examinations()) {
            prop_assert_eq!(Examination::from_record(&examination.to_record()), Some(examination));
        }

        #[test]
        fn no_bytes_bring_it_down_and_what_they_say_could_have_been_measured(
            bytes in prop::collection::vec(any::<u8>(), 0..120),
            examination in examinations(),
            place in any::<prop::sample::Index>(),
        ) {
            prop_assert!(Examination::from_record(&bytes).is_none_or(|read| read.to_record() == bytes));
            let mut record = examination.to_record();
            let place = place.index(record.len());
            record[place] ^= bytes.first().unwrap_or(&1);
            if let Some(read) = Examination::from_record(&record) {
                prop_assert!(read.facts.frames.0 <= LONGEST * u64::from(read.facts.rate.hertz()));
                prop_assert!(read.loudness.integrated().is_none_or(|loudness| loudness.0.abs() < 71.0));
            }
        }
    }
}
