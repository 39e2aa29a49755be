//! What an engine is given to read: one line, without what it would stumble over or spell out.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word longer than this is read in pieces: some engines work on one for minutes.
const LONGEST_WORD: usize = 40;

/// The text for an engine that knows Unicode, or only ASCII. Empty where nothing of it can be spoken.
pub(super) fn readable(text: &str, only_ascii: bool) -> String {
    let mut plain = String::with_capacity(text.len());
    text.chars().for_each(|c| push(c, &mut plain));
    if only_ascii {
        plain = plain.nfkd().filter(char::is_ascii).collect();
    }
    if !plain.chars().any(char::is_alphanumeric) {
        return String::new();
    }
    let words = plain.split_whitespace().flat_map(pieces);
    words.collect::<Vec<_>>().join(" ")
}

/// How many words there are to speak.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

fn push(c: char, plain: &mut String) {
    match c {
        '‘' | '’' | '‛' | '′' | 'ʼ' => plain.push('\''),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => plain.push('"'),
        '–' | '—' | '―' => plain.push_str(", "),
        '‐' | '‑' | '−' => plain.push('-'),
        '…' => plain.push_str("..."),
        // Engines have marks of their own for phonemes and for voices; none of them is meant by a teacher.
        '[' | ']' | '{' | '}' | '<' | '>' | '|' | '\\' | '`' | '^' | '~' | '_' => plain.push(' '),
        c if c.is_whitespace() || c.is_control() => plain.push(' '),
        c if c.is_alphanumeric() || c.is_ascii() || is_combining_mark(c) || is_punctuation(c) => plain.push(c),
        // Pictures and other signs are to be seen.
        _ => plain.push(' '),
    }
}

/// Marks of other writings that a voice reads by.
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

fn pieces(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(LONGEST_WORD).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typographers_marks_become_plain_ones() {
        assert_eq!(readable("It’s “so” — here…", true), "It's \"so\" , here...");
        assert_eq!(readable("Café, naïve\nÅse", true), "Cafe, naive Ase");
        assert_eq!(readable("Café – 静か。", false), "Café , 静か。");
    }

    #[test]
    fn pictures_are_not_spoken() {
        assert_eq!(readable("Rest 🙂 here", true), "Rest here");
        assert_eq!(readable("🙂 — …", false), "");
        assert_eq!(readable("[[h@l@U]] <b>", false), "h@l@U b");
    }

    #[test]
    fn endless_words_are_read_in_pieces() {
        let read = readable(&"a".repeat(5000), true);
        assert_eq!(words(&read), 125);
    }

    proptest! {
        #[test]
        fn an_engine_of_ascii_gets_one_line_of_ascii(text in "\\PC*\n\\PC*") {
            let read = readable(&text, true);
            prop_assert!(read.chars().all(|c| c.is_ascii() && !c.is_ascii_control()));
        }

        #[test]
        fn no_engine_gets_its_own_marks(text in "\\PC*") {
            let read = readable(&text, false);
            prop_assert!(!read.contains(['[', ']', '<', '>', '\\', '\n']));
        }
    }
}
