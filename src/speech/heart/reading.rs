//! Normalises a sentence for reading: numbers, signs and abbreviations become words, each with its position in the original sentence.

use std::ops::Range;

use super::addresses::read_address;
use super::numbers::read_number;
use super::signs::{clean, fraction_sign, is_punctuation};
use crate::text::pronunciation::PronouncedText;

/// A sentence as it is read.
#[derive(Debug, Default)]
pub(super) struct SpokenReading {
    /// The words, with pronunciations in the notation of the phoneme library.
    pub(super) marked: String,
    /// The words alone.
    plain: String,
    /// The start of each word in `plain`, with its range in the text.
    word_ranges: Vec<(usize, Range<usize>)>,
}

/// A placeholder for a word whose pronunciation is given.
const PRONOUNCED: &str = "Name";
const ABBREVIATIONS: [(&str, &str); 17] = [
    ("e.g.", "for example"),
    ("i.e.", "that is"),
    ("etc.", "et cetera"),
    ("approx.", "approximately"),
    ("vs.", "versus"),
    ("vs", "versus"),
    ("cf.", "compare"),
    ("ca.", "about"),
    ("Ven.", "Venerable"),
    ("Rev.", "Reverend"),
    ("Prof.", "Professor"),
    ("Mt.", "Mount"),
    ("Jr.", "Junior"),
    ("Sr.", "Senior"),
    ("w/", "with"),
    ("w/o", "without"),
    ("&", "and"),
];

/// A word of the text, or several with one pronunciation.
struct WrittenWord<'a> {
    text: &'a str,
    range: Range<usize>,
    phonemes: Option<&'a str>,
    /// Whether white space follows it.
    is_followed_by_space: bool,
}

impl SpokenReading {
    /// Normalises a part of a text. `adapt` converts given phonemes to the voice's own.
    pub(super) fn new(text: &PronouncedText, range: Range<usize>, adapt: impl Fn(&str) -> String) -> Self {
        let words = words(text, range);
        let mut reading = Self::default();
        for (index, word) in words.iter().enumerate() {
            let previous = index.checked_sub(1).and_then(|before| words.get(before)).map_or("", |word| word.text);
            let next = words.get(index + 1).map_or("", |word| word.text);
            reading.word_ranges.push((reading.plain.len(), word.range.clone()));
            match word.phonemes.map(&adapt).filter(|phonemes| !phonemes.is_empty()) {
                Some(phonemes) => reading.push_pronounced(&phonemes),
                None => reading.push(&read_aloud(word.text, previous, next)),
            }
            if word.is_followed_by_space {
                reading.push(" ");
            }
        }
        reading
    }

    /// Returns the range in the text of the word at a byte of the normalised reading.
    pub(super) fn word_range(&self, byte: usize) -> Option<Range<usize>> {
        let after = self.word_ranges.partition_point(|(start, _)| *start <= byte);
        self.word_ranges.get(after.checked_sub(1)?).map(|(_, range)| range.clone())
    }

    /// Returns the start of a token in the normalised reading, searching from a byte onwards.
    pub(super) fn find(&self, token: &str, from: usize) -> Option<usize> {
        Some(from + self.plain.get(from..)?.find(token)?)
    }

    fn push(&mut self, words: &str) {
        if words != " " || !self.plain.ends_with(' ') && !self.plain.is_empty() {
            self.plain.push_str(words);
            self.marked.push_str(words);
        }
    }

    fn push_pronounced(&mut self, phonemes: &str) {
        self.plain.push_str(PRONOUNCED);
        self.marked.push_str(&format!("[{PRONOUNCED}](/{phonemes}/)"));
    }
}

/// Splits a part of a text at white space, and around words whose pronunciation is given.
fn words(text: &PronouncedText, range: Range<usize>) -> Vec<WrittenWord<'_>> {
    let mut words = Vec::new();
    let mut start = range.start;
    let given = text
        .pronunciations
        .iter()
        .filter(|pronunciation| range.start <= pronunciation.range.start && pronunciation.range.end <= range.end);
    for pronunciation in given {
        push_words(&text.shown, start..pronunciation.range.start, &mut words);
        let is_followed_by_space = text.shown[pronunciation.range.end..].starts_with(char::is_whitespace);
        let phonemes = Some(pronunciation.phonemes.as_str());
        words.push(WrittenWord {
            text: &text.shown[pronunciation.range.clone()],
            range: pronunciation.range.clone(),
            phonemes,
            is_followed_by_space,
        });
        start = pronunciation.range.end;
    }
    push_words(&text.shown, start..range.end, &mut words);
    words
}

fn push_words<'a>(text: &'a str, range: Range<usize>, words: &mut Vec<WrittenWord<'a>>) {
    let part = &text[range.clone()];
    let mut start = 0;
    for piece in part.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if !word.is_empty() {
            let word_start = range.start + start;
            let is_followed_by_space = word.len() < piece.len();
            words.push(WrittenWord {
                text: word,
                range: word_start..word_start + word.len(),
                phonemes: None,
                is_followed_by_space,
            });
        }
        start += piece.len();
    }
}

/// Returns the reading of a written word, with the punctuation around it.
fn read_aloud(word: &str, previous: &str, next: &str) -> String {
    let opened = word.trim_start_matches(is_punctuation);
    if let Some(words) = abbreviation(opened, next) {
        return format!("{}{words}", clean(&word[..word.len() - opened.len()]));
    }
    let core = word.trim_matches(is_punctuation);
    if core.is_empty() {
        return clean(word);
    }
    let start = word.find(core).unwrap_or(0);
    let (before, after) = (&word[..start], &word[start + core.len()..]);
    let read = abbreviation(core, next)
        .or_else(|| fraction_sign(core).map(str::to_owned))
        .or_else(|| read_number(core, previous))
        .or_else(|| read_address(core))
        .or_else(|| is_emphasised(core, previous, next).then(|| clean(core).to_lowercase()))
        .unwrap_or_else(|| clean(core));
    format!("{}{read}{}", clean(before), clean(after))
}

fn abbreviation(word: &str, next: &str) -> Option<String> {
    if word == "St." {
        let is_saint = next.starts_with(char::is_uppercase);
        return Some(if is_saint { "Saint" } else { "Street" }.to_owned());
    }
    ABBREVIATIONS.iter().find(|(short, _)| *short == word).map(|(_, long)| (*long).to_owned())
}

/// Returns whether a word is in capitals for emphasis: whether it has vowels, and the word before or after it is in capitals too. "BBC"
/// is spelt out.
fn is_emphasised(word: &str, previous: &str, next: &str) -> bool {
    let is_capitalised = |word: &str| {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        let word = word.trim_matches(is_punctuation);
        let is_word = !word.contains(|c: char| c.is_ascii_digit() || c == '.');
        is_word && letters.clone().count() > 1 && letters.all(char::is_uppercase)
    };
    let is_vowel = |c: char| "AEIOUYÄÖÜÅÉ".contains(c);
    is_capitalised(word) && word.contains(is_vowel) && (is_capitalised(previous) || is_capitalised(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        let text = PronouncedText::parse(line);
        let range = 0..text.shown.len();
        SpokenReading::new(&text, range, str::to_owned).marked
    }

    #[test]
    fn numbers_and_signs_become_words() {
        assert_eq!(read("Sit 2–3 hours until 7:30pm."), "Sit 2 to 3 hours until seven 30 PM.");
        assert_eq!(read("At 7:00, 7:05 or 20:15"), "At seven o'clock, seven oh 5 or 20 15");
        assert_eq!(
            read("20°C, 1/2 of 5km, 3/4, 1½"),
            "20 degrees Celsius, one half of 5 kilometers, 3 quarters, 1 and a half "
        );
        assert_eq!(read("1 min, 5 min. In the 1990s"), "1 minute, 5 minutes. In the 1990s");
        assert_eq!(read("Sit 10–15 min. 50 %, 90%"), "Sit 10 to 15 minutes. 50 percent, 90 percent");
        assert_eq!(read("word - word – #5"), "word — word — number 5");
        assert_eq!(read("12345678901234"), "1 2 3 4 5 6 7 8 9 0 1 2 3 4");
    }

    #[test]
    fn abbreviations_become_words() {
        assert_eq!(
            read("St. John lives on Main St. (e.g. near)"),
            "Saint John lives on Main Street (for example near)"
        );
    }

    #[test]
    fn words_in_capitals_are_not_spelt() {
        assert_eq!(read("SLOW DOWN. The BBC and NASA"), "slow down. The BBC and NASA");
        assert_eq!(read("I AM HERE, DEAR BBC!"), "I am here, dear BBC!");
    }

    #[test]
    fn addresses_become_words() {
        assert_eq!(read("See https://example.org/a-b?c=1."), "See example dot org slash a dash b.");
        assert_eq!(read("(www.example.org)"), "(www dot example dot org)");
        assert_eq!(
            read("Write to me@example.org, and/or e.g. him"),
            "Write to me at example dot org, and/or for example him"
        );
    }

    #[test]
    fn a_pronunciation_replaces_its_words() {
        assert_eq!(read("With [Thich Nhat Hanh](/hɑn/)’s joy"), "With [Name](/hɑn/)'s joy");
        assert_eq!(read("Not [a](b) link"), "Not  a (b) link");
    }

    #[test]
    fn every_word_keeps_its_position() {
        let text = PronouncedText::parse("Sit  2-3 [mettā](/m/) hours.");
        let reading = SpokenReading::new(&text, 0..text.shown.len(), str::to_owned);
        assert_eq!(reading.plain, "Sit 2 to 3 Name hours.");
        for (token, shown) in
            [("Sit", "Sit"), ("2", "2-3"), ("to", "2-3"), ("Name", "mettā"), ("hours", "hours."), (".", "hours.")]
        {
            let start = reading.find(token, 0).unwrap();
            assert_eq!(&text.shown[reading.word_range(start).unwrap()], shown, "{token}");
        }
    }
}
