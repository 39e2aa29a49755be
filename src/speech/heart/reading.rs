//! Normalises a sentence for reading: figures, signs and abbreviations become words, each with its position in the original sentence.

use std::ops::Range;

use super::addresses::read_address;
use super::figures::read_figure;
use super::signs::{clean, fraction_sign, is_punctuation};
use crate::text::pronunciation::PronouncedText;

/// A sentence as it is read.
#[derive(Debug, Default)]
pub(super) struct SpokenReading {
    /// The words, with pronunciations in the notation of the phoneme library.
    pub(super) marked: String,
    /// The words alone.
    plain: String,
    /// The start in `plain` of each word, with its position in the text.
    places: Vec<(usize, Range<usize>)>,
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
    /// Whether white space follows.
    is_last: bool,
}

impl SpokenReading {
    /// Normalises a part of a text. `adapt` converts given phonemes to the voice's own.
    pub(super) fn new(text: &PronouncedText, range: Range<usize>, adapt: impl Fn(&str) -> String) -> Self {
        let words = words(text, range);
        let mut reading = Self::default();
        for (index, word) in words.iter().enumerate() {
            let previous = index.checked_sub(1).and_then(|before| words.get(before)).map_or("", |word| word.text);
            let next = words.get(index + 1).map_or("", |word| word.text);
            reading.places.push((reading.plain.len(), word.range.clone()));
            match word.phonemes.map(&adapt).filter(|phonemes| !phonemes.is_empty()) {
                Some(phonemes) => reading.push_pronounced(&phonemes),
                None => reading.push(&read_aloud(word.text, previous, next)),
            }
            if word.is_last {
                reading.push(" ");
            }
        }
        reading
    }

    /// Returns the position in the text of the word at a byte of the normalised reading.
    pub(super) fn place(&self, byte: usize) -> Option<Range<usize>> {
        let after = self.places.partition_point(|(start, _)| *start <= byte);
        self.places.get(after.checked_sub(1)?).map(|(_, range)| range.clone())
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
    let given = text.pronunciations.iter().filter(|one| range.start <= one.range.start && one.range.end <= range.end);
    for one in given {
        push_words(&text.shown, start..one.range.start, &mut words);
        let is_last = text.shown[one.range.end..].starts_with(char::is_whitespace);
        let phonemes = Some(one.phonemes.as_str());
        words.push(WrittenWord { text: &text.shown[one.range.clone()], range: one.range.clone(), phonemes, is_last });
        start = one.range.end;
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
            let place = range.start + start;
            let is_last = word.len() < piece.len();
            words.push(WrittenWord { text: word, range: place..place + word.len(), phonemes: None, is_last });
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
        .or_else(|| read_figure(core, previous))
        .or_else(|| read_address(core))
        .or_else(|| is_shouted(core, previous, next).then(|| clean(core).to_lowercase()))
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

/// Returns whether a word is in capitals for emphasis: there is another one beside it, and it can be said. "BBC" is spelt.
fn is_shouted(word: &str, previous: &str, next: &str) -> bool {
    let is_loud = |word: &str| {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        let word = word.trim_matches(is_punctuation);
        let is_word = !word.contains(|c: char| c.is_ascii_digit() || c == '.');
        is_word && letters.clone().count() > 1 && letters.all(char::is_uppercase)
    };
    let is_vowel = |c: char| "AEIOUYÄÖÜÅÉ".contains(c);
    is_loud(word) && word.contains(is_vowel) && (is_loud(previous) || is_loud(next))
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
    fn figures_and_signs_become_words() {
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
            assert_eq!(&text.shown[reading.place(start).unwrap()], shown, "{token}");
        }
    }
}
