//! Divides a line into phrases that follow the voice and fit the width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The pause of a voice at the end of a sentence, in letters spoken in that time.
const SENTENCE_PAUSE: usize = 10;
/// The pause at a comma, in letters.
const COMMA_PAUSE: usize = 4;

/// Returns the phrase at a position within the line (0 to 1), with its index.
pub(crate) fn due(words: &str, progress: f64, columns: usize) -> (usize, String) {
    let mut phrases = phrases(words, columns.max(1));
    let whole: usize = phrases.iter().map(|phrase| time(phrase)).sum();
    let spoken = progress * whole as f64;
    let mut gone = 0;
    let last = phrases.len().saturating_sub(1);
    let number = phrases.iter().position(|phrase| {
        gone += time(phrase);
        gone as f64 > spoken
    });
    let number = number.unwrap_or(last);
    (number, phrases.get_mut(number).map(std::mem::take).unwrap_or_default())
}

/// Returns the speaking time of a phrase, in letters.
fn time(phrase: &str) -> usize {
    let rests = |c: char| match c {
        '.' | '?' | '!' | ':' | ';' | '…' => SENTENCE_PAUSE,
        ',' => COMMA_PAUSE,
        _ => 0,
    };
    phrase.chars().map(|c| 1 + rests(c)).sum()
}

/// Divides a line into pieces that fit, preferably at its own pauses. A word that is too wide is split.
fn phrases(words: &str, columns: usize) -> Vec<String> {
    let mut phrases = Vec::new();
    let mut current = String::new();
    for word in words.split_whitespace().flat_map(|word| split_word(word, columns)) {
        let wide = current.width() + 1 + word.width() > columns;
        let paused = current.ends_with(['.', '?', '!', ';', ':', '…']) && current.width() > columns / 3;
        if !current.is_empty() && (wide || paused) {
            phrases.push(std::mem::take(&mut current));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(&word);
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
    use super::*;
    use proptest::prelude::*;

    const LINE: &str = "Let the feet find the floor. If it feels all right, rest one hand somewhere warm.";

    #[test]
    fn a_long_line_is_shown_phrase_by_phrase() {
        assert_eq!(due(LINE, 0.0, 40), (0, "Let the feet find the floor.".to_owned()));
        let (last, phrase) = due(LINE, 0.99, 40);
        assert!(phrase.ends_with("warm."), "{last}: {phrase}");
        assert_eq!(due(LINE, 0.5, 100), (0, LINE.to_owned()));
    }

    #[test]
    fn pauses_between_sentences_are_taken_into_account() {
        let line = "Here, now, here, now, here. Then here and now and so on it";
        let turns = (0..100).find(|part| due(line, f64::from(*part) / 100.0, 30).0 > 0).unwrap();
        assert!(turns > 60, "the rests belong to the first phrase, and the second is due at {turns} %");
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_every_phrase_fits(words in "[a-z,.? 深い]{0,200}", columns in 2_usize..100) {
            let phrases = phrases(&words, columns);
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(letters(&phrases.concat()), letters(&words));
            prop_assert!(phrases.iter().all(|phrase| phrase.width() <= columns));
        }

        #[test]
        fn phrases_come_in_order(words in "[a-z,.? ]{0,200}", columns in 2_usize..60) {
            let numbers: Vec<_> = (0..=50).map(|part| due(&words, f64::from(part) / 50.0, columns).0).collect();
            prop_assert!(numbers.is_sorted());
        }
    }
}
