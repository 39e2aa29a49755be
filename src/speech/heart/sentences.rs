//! Splits a text into sentences, with the pauses between them.

use std::ops::Range;
use std::time::Duration;

/// A sentence and the pause after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Its byte range in the text.
    pub(super) range: Range<usize>,
    /// The pause before the next sentence: long enough to take in an instruction.
    pub(super) pause: Duration,
}

const PAUSE_AFTER_QUESTION: Duration = Duration::from_millis(1500);
const PAUSE_AFTER_FULL_STOP: Duration = Duration::from_millis(1300);
const PAUSE_AFTER_ELLIPSIS: Duration = Duration::from_millis(1500);
const PAUSE_AFTER_SEMICOLON: Duration = Duration::from_millis(800);
/// The pause after any other sentence.
const DEFAULT_PAUSE: Duration = Duration::from_millis(900);

/// Words whose full stop does not end a sentence.
const ABBREVIATIONS: [&str; 22] = [
    "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Ven", "Rev", "Fr", "Sr", "Jr", "No", "vs", "approx", "e.g", "i.e", "cf",
    "ca", "Vol", "Fig", "Mt", "Ch",
];

/// Splits a text at line breaks, and after full stops, question marks, exclamation marks and ellipses.
pub(super) fn split_sentences(text: &str) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut push = |range: Range<usize>| {
        let written = &text[range.clone()];
        let trimmed = written.trim();
        let begin = range.start + (written.len() - written.trim_start().len());
        if !trimmed.is_empty() {
            sentences.push(Sentence { range: begin..begin + trimmed.len(), pause: pause_after(trimmed) });
        }
    };
    for (position, c) in text.char_indices().filter(|(_, c)| c.is_whitespace()) {
        let after = position + c.len_utf8();
        if c == '\n' || is_sentence_end(&text[start..position], text[after..].trim_start()) {
            push(start..position);
            start = after;
        }
    }
    push(start..text.len());
    sentences
}

/// Returns whether a sentence ends between these two parts of a text.
fn is_sentence_end(before: &str, after: &str) -> bool {
    let before = without_closers(before);
    let Some(last) = before.chars().last() else { return false };
    let starts_lower = after.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase);
    match last {
        _ if starts_lower => false,
        '!' | '?' | '…' => true,
        '.' if before.ends_with("..") => true,
        '.' => !is_abbreviated(before.trim_end_matches('.')),
        _ => false,
    }
}

/// Returns whether the last word is one that is abbreviated by the full stop after it, such as "Dr" or an initial.
fn is_abbreviated(before: &str) -> bool {
    let word =
        before.rsplit(char::is_whitespace).next().unwrap_or(before).trim_start_matches(['(', '"', '“', '‘', '\'']);
    let mut letters = word.chars();
    let is_initial = letters.next().is_some_and(|c| c.is_uppercase() && c != 'I') && letters.next().is_none();
    is_initial || ABBREVIATIONS.contains(&word)
}

fn without_closers(text: &str) -> &str {
    text.trim_end_matches(['"', '”', '’', '\'', ')', ']', '»'])
}

fn pause_after(sentence: &str) -> Duration {
    let sentence = without_closers(sentence);
    match sentence.chars().last() {
        Some('?') => PAUSE_AFTER_QUESTION,
        Some('…') => PAUSE_AFTER_ELLIPSIS,
        Some('.') if sentence.ends_with("..") => PAUSE_AFTER_ELLIPSIS,
        Some('.' | '!') => PAUSE_AFTER_FULL_STOP,
        Some(';') => PAUSE_AFTER_SEMICOLON,
        _ => DEFAULT_PAUSE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<&str> {
        split_sentences(text).into_iter().map(|sentence| &text[sentence.range]).collect()
    }

    #[test]
    fn sentences_end_at_full_stops_and_line_breaks() {
        assert_eq!(
            split("Sit. Rest here!  Is it “so?” Yes…  And\nnow"),
            ["Sit.", "Rest here!", "Is it “so?”", "Yes…", "And", "now"]
        );
        assert_eq!(split(" \n "), [""; 0]);
    }

    #[test]
    fn abbreviations_and_lower_case_do_not_end_a_sentence() {
        assert_eq!(split("Ask Dr. Smith. J. K. Rowling wrote."), ["Ask Dr. Smith.", "J. K. Rowling wrote."]);
        assert_eq!(split("Breathe in… and out. So it is."), ["Breathe in… and out.", "So it is."]);
        assert_eq!(split("It is 3.5 m. That is I. Rest."), ["It is 3.5 m.", "That is I.", "Rest."]);
    }

    #[test]
    fn a_question_is_followed_by_a_longer_pause() {
        let pauses: Vec<_> = split_sentences("Who? You. Well").into_iter().map(|sentence| sentence.pause).collect();
        assert_eq!(pauses, [PAUSE_AFTER_QUESTION, PAUSE_AFTER_FULL_STOP, DEFAULT_PAUSE]);
    }

    proptest! {
        #[test]
        fn no_text_is_lost(text in "\\PC{0,60}\n?\\PC{0,60}") {
            let kept: String = split(&text).concat().split_whitespace().collect();
            prop_assert_eq!(kept, text.split_whitespace().collect::<String>());
        }
    }
}
