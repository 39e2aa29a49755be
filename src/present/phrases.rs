//! Divides a line into phrases that follow the voice and fit the width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::text::single_line;
use crate::timeline::{Segment, WordTimes};
use crate::units::Frames;

/// The width of a phrase where nothing limits it: two lines of subtitles.
pub(crate) const FULL_WIDTH: usize = 84;
/// The pause of a voice at the end of a sentence, in letters spoken in that time.
const SENTENCE_PAUSE: usize = 10;
/// The pause at a comma, in letters.
const COMMA_PAUSE: usize = 4;

/// A part of a line that is shown at once.
#[derive(Clone, Debug, Default, PartialEq)]
struct Phrase {
    text: String,
    /// The index of its first word.
    word: usize,
    /// How much of that word, from 0 to 1, the previous phrase already contains; 0 unless the word had to be split.
    offset: f64,
}

/// Returns the phrase of a segment's words at a frame, with its index.
pub(crate) fn phrase_at(segment: &Segment, words: &str, at: Frames, columns: usize) -> (usize, String) {
    let mut phrases = phrases(words, columns);
    let elapsed = at.saturating_sub(segment.start);
    let index = if segment.word_times.is_empty() {
        estimated_index(&phrases, elapsed.0 as f64 / segment.spoken.0.max(1) as f64)
    } else {
        let has_started = |phrase: &Phrase| start(phrase, &segment.word_times).is_some_and(|start| start <= elapsed);
        phrases.iter().rposition(has_started).unwrap_or(0)
    };
    (index, phrases.get_mut(index).map(|phrase| std::mem::take(&mut phrase.text)).unwrap_or_default())
}

/// Returns the last phrase of a line.
pub(crate) fn last(words: &str, columns: usize) -> String {
    phrases(words, columns).pop().map(|phrase| phrase.text).unwrap_or_default()
}

/// Returns the phrases of a segment's words with the frames at which they start. There are none if the times of the words are not known.
pub(crate) fn timed(segment: &Segment, columns: usize) -> Vec<(Frames, String)> {
    let text = segment.text.as_deref().filter(|_| !segment.word_times.is_empty()).unwrap_or_default();
    let timed = |phrase: Phrase| Some((segment.start + start(&phrase, &segment.word_times)?, phrase.text));
    phrases(&single_line(text), columns).into_iter().filter_map(timed).collect()
}

/// Returns the frame at which a phrase starts, counted from the start of its line, if it is known.
fn start(phrase: &Phrase, times: &WordTimes) -> Option<Frames> {
    let word = times.get(phrase.word)?;
    Some(word.start + Frames(((word.end - word.start).0 as f64 * phrase.offset) as u64))
}

/// Returns the index of the phrase at a position within the line (0 to 1), estimated from their lengths.
fn estimated_index(phrases: &[Phrase], progress: f64) -> usize {
    let whole: usize = phrases.iter().map(|phrase| speaking_length(&phrase.text)).sum();
    let spoken = progress * whole as f64;
    let mut end = 0;
    let number = phrases.iter().position(|phrase| {
        end += speaking_length(&phrase.text);
        end as f64 > spoken
    });
    number.unwrap_or(phrases.len().saturating_sub(1))
}

/// Returns the speaking time of a phrase, in letters.
fn speaking_length(phrase: &str) -> usize {
    let rests = |c: char| match c {
        '.' | '?' | '!' | ':' | ';' | '…' => SENTENCE_PAUSE,
        ',' => COMMA_PAUSE,
        _ => 0,
    };
    phrase.chars().map(|c| 1 + rests(c)).sum()
}

/// Divides a line into pieces that fit, preferably at its own pauses. A word that is too wide is split.
fn phrases(words: &str, columns: usize) -> Vec<Phrase> {
    let columns = columns.max(1);
    let mut phrases = Vec::new();
    let mut current = Phrase::default();
    for (index, word) in words.split_whitespace().enumerate() {
        let pieces = split_word(word, columns);
        for (number, piece) in pieces.iter().enumerate() {
            let wide = current.text.width() + 1 + piece.width() > columns;
            let paused = current.text.ends_with(['.', '?', '!', ';', ':', '…']) && current.text.width() > columns / 3;
            if !current.text.is_empty() && (wide || paused) {
                phrases.push(std::mem::take(&mut current));
            }
            if current.text.is_empty() {
                (current.word, current.offset) = (index, number as f64 / pieces.len() as f64);
            } else {
                current.text.push(' ');
            }
            current.text.push_str(piece);
        }
    }
    phrases.push(current);
    phrases
}

/// Splits a word into pieces that fit.
fn split_word(word: &str, columns: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut width = 0;
    for c in word.chars() {
        width += c.width().unwrap_or(0);
        if width > columns && pieces.last().is_some_and(|piece| !piece.is_empty()) {
            pieces.push(String::new());
            width = c.width().unwrap_or(0);
        }
        pieces.last_mut().expect("there is a first piece").push(c);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::timeline::SegmentKey;

    const LINE: &str = "Let the feet find the floor. If it feels all right, rest one hand somewhere warm.";

    fn estimate(line: &str, progress: f64, columns: usize) -> (usize, String) {
        let phrases = phrases(line, columns);
        let index = estimated_index(&phrases, progress);
        (index, phrases[index].text.clone())
    }

    #[test]
    fn a_long_line_is_shown_phrase_by_phrase() {
        assert_eq!(estimate(LINE, 0.0, 40), (0, "Let the feet find the floor.".to_owned()));
        let (index, phrase) = estimate(LINE, 0.99, 40);
        assert!(phrase.ends_with("warm."), "{index}: {phrase}");
        assert_eq!(last(LINE, 40), phrase);
        assert_eq!(estimate(LINE, 0.5, 100), (0, LINE.to_owned()));
    }

    #[test]
    fn pauses_between_sentences_are_taken_into_account() {
        let line = "Here, now, here, now, here. Then here and now and so on it";
        let turns = (0..100).find(|part| estimate(line, f64::from(*part) / 100.0, 30).0 > 0).unwrap();
        assert!(turns > 60, "the rests belong to the first phrase, and the second is due at {turns} %");
    }

    #[test]
    fn known_times_decide_when_a_phrase_starts() {
        let segment = segment("Rest. A very long pause, then: breathe.", &[0, 100, 120, 140, 160, 500, 900]);
        assert_eq!(
            timed(&segment, 20),
            [(1_000, "Rest. A very long"), (1_160, "pause, then:"), (1_900, "breathe.")]
                .map(|(start, text)| (Frames(start), text.to_owned()))
        );
        let words = segment.text.clone().unwrap();
        let index_at = |frame| phrase_at(&segment, &words, Frames(frame), 20).0;
        assert_eq!([0, 1_159, 1_160, 1_899, 1_900, 9_000].map(index_at), [0, 0, 1, 1, 2, 2]);
        assert_eq!(timed(&Segment { word_times: WordTimes::default(), ..segment }, 20), [], "not known");
    }

    #[test]
    fn the_parts_of_a_split_word_share_its_time() {
        let segment = segment("Oh abcdefghij", &[0, 100]);
        let starts: Vec<_> = timed(&segment, 5).into_iter().map(|(start, _)| start.0).collect();
        assert_eq!(starts, [1_000, 1_100, 1_110]);
    }

    /// Returns a segment that starts at frame 1000, and whose words start at these frames and last for 20.
    fn segment(text: &str, starts: &[u64]) -> Segment {
        let word_times = WordTimes::from_ranges(starts.iter().map(|start| Frames(*start)..Frames(start + 20)));
        Segment {
            frames: Frames(2_000),
            text: Some(text.to_owned()),
            spoken: Frames(2_000),
            word_times,
            ..Segment::empty(SegmentKey::UNLISTED, Frames(1_000))
        }
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_every_phrase_fits(words in "[a-z,.? 深い]{0,200}", columns in 2_usize..100) {
            let phrases: Vec<_> = phrases(&words, columns).into_iter().map(|phrase| phrase.text).collect();
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(letters(&phrases.concat()), letters(&words));
            prop_assert!(phrases.iter().all(|phrase| phrase.width() <= columns));
        }

        #[test]
        fn phrases_come_in_order(words in "[a-z,.? ]{0,200}", columns in 2_usize..60) {
            let numbers: Vec<_> = (0..=50).map(|part| estimate(&words, f64::from(part) / 50.0, columns).0).collect();
            prop_assert!(numbers.is_sorted());
        }
    }
}
