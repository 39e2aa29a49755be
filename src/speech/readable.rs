//! Prepares text for an engine: one line, without characters that it would misread or spell out.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::without_pronunciations;

/// Longer words are split: some engines take minutes for one.
const MAX_WORD_LENGTH: usize = 40;

/// The characters that an engine supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// All scripts, and inline pronunciations.
    UnicodeWithPronunciations,
    /// All scripts.
    Unicode,
    /// Unaccented Latin letters; all others are lost or spelt out.
    Ascii,
}

/// Returns a line's text in this charset; empty if nothing in it can be spoken.
pub(super) fn readable_text(text: &str, charset: Charset) -> String {
    if charset == Charset::UnicodeWithPronunciations {
        let has_words = text.chars().any(char::is_alphanumeric);
        return if has_words { text.trim().to_owned() } else { String::new() };
    }
    let text = without_pronunciations(text);
    let mut plain = String::with_capacity(text.len());
    text.chars().for_each(|c| push_readable(c, &mut plain));
    if charset == Charset::Ascii {
        plain = plain.nfkd().filter(char::is_ascii).collect();
    }
    if !plain.chars().any(char::is_alphanumeric) {
        return String::new();
    }
    let words = plain.split_whitespace().flat_map(split_word);
    words.collect::<Vec<_>>().join(" ")
}

/// Returns the number of spoken words.
pub(super) fn count_words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

fn push_readable(c: char, plain: &mut String) {
    match c {
        '‘' | '’' | '‛' | '′' | 'ʼ' => plain.push('\''),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => plain.push('"'),
        '–' | '—' | '―' => plain.push_str(", "),
        '‐' | '‑' | '−' => plain.push('-'),
        '…' => plain.push_str("..."),
        // Engines use these for phonemes and voices, which is not what a teacher means.
        '[' | ']' | '{' | '}' | '<' | '>' | '|' | '\\' | '`' | '^' | '~' | '_' => plain.push(' '),
        c if c.is_whitespace() || c.is_control() => plain.push(' '),
        c if c.is_alphanumeric() || c.is_ascii() || is_combining_mark(c) || is_punctuation(c) => plain.push(c),
        // Emoji and other symbols have no pronunciation.
        _ => plain.push(' '),
    }
}

/// Punctuation of other scripts, which affects how a voice reads.
fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '¿' | '¡' | '·' | '\u{3001}'
            ..='\u{3002}'
                | '\u{ff01}'
                | '\u{ff0c}'
                | '\u{ff1a}'
                | '\u{ff1b}'
                | '\u{ff1f}'
                | '\u{060c}'
                | '\u{061b}'
                | '\u{061f}'
                | '\u{0964}'
                | '\u{0965}'
                | '\u{200c}'
                | '\u{200d}'
    )
}

fn split_word(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(MAX_WORD_LENGTH).map(|part| part.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typographic_punctuation_becomes_plain() {
        assert_eq!(readable_text("It’s “so” — here…", Charset::Ascii), "It's \"so\" , here...");
        assert_eq!(readable_text("Café, naïve\nÅse", Charset::Ascii), "Cafe, naive Ase");
        assert_eq!(readable_text("Café – 静か。", Charset::Unicode), "Café , 静か。");
    }

    #[test]
    fn emoji_are_not_spoken() {
        assert_eq!(readable_text("Rest 🙂 here", Charset::Ascii), "Rest here");
        assert_eq!(readable_text("🙂 — …", Charset::Unicode), "");
        assert_eq!(readable_text("[[h@l@U]] <b>", Charset::Unicode), "h@l@U b");
    }

    #[test]
    fn very_long_words_are_split() {
        let read = readable_text(&"a".repeat(5000), Charset::Ascii);
        assert_eq!(count_words(&read), 125);
    }

    proptest! {
        #[test]
        fn an_ascii_engine_reads_one_line_of_ascii(text in "\\PC*\n\\PC*") {
            let read = readable_text(&text, Charset::Ascii);
            prop_assert!(read.chars().all(|c| c.is_ascii() && !c.is_ascii_control()));
        }

        #[test]
        fn engine_markup_is_removed(text in "\\PC*") {
            let read = readable_text(&text, Charset::Unicode);
            prop_assert!(!read.contains(['[', ']', '<', '>', '\\', '\n']));
        }
    }
}
