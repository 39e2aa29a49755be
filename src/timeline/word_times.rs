//! The times of the words in a spoken line.

use std::ops::Range;
use std::sync::Arc;

use crate::units::{Frames, Rate};

/// When each word of a spoken line is heard, counted from the start of its clip. Empty if that is not known.
///
/// A word is what stands between white space in the line as shown. There is one range for each, and their starts ascend; a word
/// that is not spoken, such as a dash, has an empty range where the next one starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WordTimes(Arc<[Range<Frames>]>);

impl WordTimes {
    /// Creates the times of a text from the times of parts of it, given as byte ranges in order.
    pub(crate) fn of_parts(text: &str, parts: impl IntoIterator<Item = (Range<usize>, Range<Frames>)>) -> Self {
        let words: Vec<Range<usize>> = words(text).collect();
        let mut times: Vec<Option<Range<Frames>>> = vec![None; words.len()];
        for (place, heard) in parts {
            let first = words.partition_point(|word| word.end <= place.start);
            let overlapping = words[first..].iter().take_while(|word| word.start < place.end).count();
            for time in &mut times[first..first + overlapping] {
                let known = time.clone().unwrap_or_else(|| heard.clone());
                *time = Some(known.start.min(heard.start)..known.end.max(heard.end));
            }
        }
        Self::complete(&times)
    }

    /// Creates the times of all words from those that are known, if there are any.
    fn complete(known: &[Option<Range<Frames>>]) -> Self {
        let Some(mut next) = known.iter().flatten().map(|time| time.end).max() else { return Self::default() };
        let mut times: Vec<_> = known
            .iter()
            .rev()
            .map(|time| {
                let time = time.clone().unwrap_or(next..next);
                next = next.min(time.start);
                next..time.end.max(next)
            })
            .collect();
        times.reverse();
        Self(times.into())
    }

    /// Restores times that were stored.
    pub(crate) fn from_ranges(ranges: impl IntoIterator<Item = Range<Frames>>) -> Self {
        Self(ranges.into_iter().collect())
    }

    /// Returns whether the times are unknown.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates over the words' times.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Range<Frames>> {
        self.0.iter()
    }

    /// Returns the time of the word with this index.
    pub(crate) fn get(&self, word: usize) -> Option<&Range<Frames>> {
        self.0.get(word)
    }

    /// Returns the times in a part of the clip, counted from the start of that part.
    #[must_use]
    pub(crate) fn within(&self, part: &Range<Frames>) -> Self {
        self.map(|frames| frames.clamp(part.start, part.end) - part.start)
    }

    /// Returns the times at another sample rate.
    #[must_use]
    pub(crate) fn convert(&self, from: Rate, to: Rate) -> Self {
        self.map(|frames| from.convert(frames, to))
    }

    fn map(&self, change: impl Fn(Frames) -> Frames) -> Self {
        Self(self.iter().map(|time| change(time.start)..change(time.end)).collect())
    }
}

/// Iterates over the byte ranges of the words of a text.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split_whitespace().map(|word| {
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        start..start + word.len()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranges(ranges: &[(u64, u64)]) -> Vec<Range<Frames>> {
        ranges.iter().map(|(start, end)| Frames(*start)..Frames(*end)).collect()
    }

    fn times(text: &str, parts: &[(Range<usize>, (u64, u64))]) -> Vec<(u64, u64)> {
        let parts = parts.iter().map(|(place, (start, end))| (place.clone(), Frames(*start)..Frames(*end)));
        WordTimes::of_parts(text, parts).iter().map(|time| (time.start.0, time.end.0)).collect()
    }

    #[test]
    fn every_word_of_the_line_has_a_time() {
        let text = "– Sit  here,\nThich Nhat’s way –";
        let at = |word: &str| {
            let start = text.find(word).unwrap();
            start..start + word.len()
        };
        let parts = [
            (at("Sit"), (5, 9)),
            (at("here,"), (9, 20)),
            (at("Thich Nhat"), (30, 50)),
            (at("’s"), (50, 55)),
            (at("way"), (60, 70)),
        ];
        let expected = [(5, 5), (5, 9), (9, 20), (30, 50), (30, 55), (60, 70), (70, 70)];
        assert_eq!(times(text, &parts), expected);
        assert_eq!(times(text, &[]), [], "nothing is known");
    }

    #[test]
    fn times_follow_a_trimmed_clip_and_its_rate() {
        let known = WordTimes::from_ranges(ranges(&[(0, 240), (240, 480), (480, 960)]));
        let trimmed = known.within(&(Frames(120)..Frames(720)));
        assert_eq!(trimmed, WordTimes::from_ranges(ranges(&[(0, 120), (120, 360), (360, 600)])));
        let rate = |hertz| Rate::new(hertz).unwrap();
        assert_eq!(trimmed.convert(rate(24_000), rate(48_000)).get(2), Some(&(Frames(720)..Frames(1200))));
    }

    proptest! {
        #[test]
        fn starts_ascend(text in "[ab –]{0,20}", starts in proptest::collection::vec((0_usize..25, 1_usize..9, 0_u64..99), 0..8)) {
            let parts = starts.into_iter().map(|(place, length, start)| (place..place + length, Frames(start)..Frames(start + 3)));
            let times = WordTimes::of_parts(&text, parts);
            prop_assert!(times.is_empty() || times.iter().len() == text.split_whitespace().count());
            prop_assert!(times.iter().is_sorted_by_key(|time| time.start));
            prop_assert!(times.iter().all(|time| time.start <= time.end));
        }
    }
}
