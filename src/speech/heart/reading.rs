//! Normalises a sentence for reading: figures, signs and abbreviations become words, each with its position in the original sentence.

use std::ops::Range;

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
/// Longer numbers are read digit by digit.
const LONGEST_NUMBER: usize = 12;

const ABBREVIATIONS: [(&str, &str); 20] = [
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
    ("½", "a half"),
    ("¼", "a quarter"),
    ("¾", "three quarters"),
    ("&", "and"),
];

/// Units after a number, in the singular and the plural.
const UNITS: [(&str, &str, &str); 24] = [
    ("min", "minute", "minutes"),
    ("min.", "minute", "minutes"),
    ("mins", "minute", "minutes"),
    ("sec", "second", "seconds"),
    ("sec.", "second", "seconds"),
    ("secs", "second", "seconds"),
    ("s", "second", "seconds"),
    ("h", "hour", "hours"),
    ("hr", "hour", "hours"),
    ("hrs", "hour", "hours"),
    ("ms", "millisecond", "milliseconds"),
    ("mm", "millimeter", "millimeters"),
    ("cm", "centimeter", "centimeters"),
    ("m", "meter", "meters"),
    ("km", "kilometer", "kilometers"),
    ("ft", "foot", "feet"),
    ("g", "gram", "grams"),
    ("kg", "kilogram", "kilograms"),
    ("lb", "pound", "pounds"),
    ("lbs", "pound", "pounds"),
    ("Hz", "hertz", "hertz"),
    ("kHz", "kilohertz", "kilohertz"),
    ("dB", "decibel", "decibels"),
    ("°", "degree", "degrees"),
];

const FRACTIONS: [(&str, &str, &str); 8] = [
    ("2", "half", "halves"),
    ("3", "third", "thirds"),
    ("4", "quarter", "quarters"),
    ("5", "fifth", "fifths"),
    ("6", "sixth", "sixths"),
    ("8", "eighth", "eighths"),
    ("10", "tenth", "tenths"),
    ("100", "hundredth", "hundredths"),
];

const HOURS: [&str; 13] =
    ["twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

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
        .or_else(|| unit(core, previous))
        .or_else(|| clock(core))
        .or_else(|| number_with_unit(core))
        .or_else(|| fraction(core))
        .or_else(|| number_range(core))
        .or_else(|| long_number(core))
        .unwrap_or_else(|| clean(core));
    format!("{}{read}{}", clean(before), clean(after))
}

fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '…'
            | '('
            | ')'
            | '['
            | ']'
            | '"'
            | '“'
            | '”'
            | '\''
            | '‘'
            | '’'
            | '*'
            | '_'
    )
}

fn abbreviation(word: &str, next: &str) -> Option<String> {
    if word == "St." {
        let is_saint = next.starts_with(char::is_uppercase);
        return Some(if is_saint { "Saint" } else { "Street" }.to_owned());
    }
    ABBREVIATIONS.iter().find(|(short, _)| *short == word).map(|(_, long)| (*long).to_owned())
}

/// Reads a separate unit after a number.
fn unit(word: &str, previous: &str) -> Option<String> {
    is_number(previous.trim_start_matches(is_punctuation)).then(|| unit_name(word, previous))?
}

fn unit_name(unit: &str, number: &str) -> Option<String> {
    let (_, one, several) = UNITS.iter().find(|(short, ..)| *short == unit)?;
    Some((if number == "1" { *one } else { *several }).to_owned())
}

/// Reads "20°C", "5km", "90s".
fn number_with_unit(word: &str) -> Option<String> {
    let end = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','))?;
    let (number, unit) = word.split_at(end);
    // "1990s" is a decade.
    if !is_number(number) || unit == "s" && number.len() == 4 {
        return None;
    }
    let scale = match unit {
        "°C" => " Celsius",
        "°F" => " Fahrenheit",
        _ => "",
    };
    let unit = if scale.is_empty() { unit } else { "°" };
    Some(format!("{number} {}{scale}", unit_name(unit, number)?))
}

/// Reads "7:30" and "7:30pm".
fn clock(word: &str) -> Option<String> {
    let (hours, rest) = word.split_once(':')?;
    let minutes = rest.get(..2)?;
    let half = match rest.get(2..)?.to_lowercase().as_str() {
        "" => "",
        "am" | "a.m" => " AM",
        "pm" | "p.m" => " PM",
        _ => return None,
    };
    let (hours, minutes): (usize, u32) = (parse(hours)?, parse(minutes)?);
    if hours > 24 || minutes > 59 {
        return None;
    }
    let hours = HOURS.get(hours).map_or_else(|| hours.to_string(), |name| (*name).to_owned());
    Some(match minutes {
        0 if half.is_empty() => format!("{hours} o'clock"),
        0 => format!("{hours}{half}"),
        1..10 => format!("{hours} oh {minutes}{half}"),
        _ => format!("{hours} {minutes}{half}"),
    })
}

fn parse<T: std::str::FromStr>(digits: &str) -> Option<T> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// Reads "1/2" and "3/4".
fn fraction(word: &str) -> Option<String> {
    let (count, of) = word.split_once('/')?;
    let (_, one, several) = FRACTIONS.iter().find(|(number, ..)| *number == of)?;
    match parse::<u32>(count)? {
        1 => Some(format!("one {one}")),
        count @ 2..100 => Some(format!("{count} {several}")),
        _ => None,
    }
}

/// Reads "2-3" as "2 to 3".
fn number_range(word: &str) -> Option<String> {
    let (from, to) = word.split_once(['-', '–', '—'])?;
    (is_number(from) && is_number(to) && from.len() <= 4 && to.len() <= 4).then(|| format!("{from} to {to}"))
}

/// Splits a number that is too long to have a name into its digits.
fn long_number(word: &str) -> Option<String> {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    (digits > LONGEST_NUMBER).then(|| {
        let spaced =
            word.chars().map(|c| if c.is_ascii_digit() { format!(" {c} ") } else { clean(c.encode_utf8(&mut [0; 4])) });
        spaced.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.ends_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
}

/// Replaces typographic variants and silent characters by characters that the phoneme library reads.
fn clean(word: &str) -> String {
    if matches!(word, "-" | "–" | "--" | "―") {
        return "—".to_owned();
    }
    let mut read = String::with_capacity(word.len());
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '‘' | '’' | 'ʼ' | '′' => read.push('\''),
            '«' | '„' => read.push('“'),
            '»' => read.push('”'),
            '‐' | '‑' | '−' => read.push('-'),
            '–' | '―' => read.push('—'),
            '.' if rest.peek() == Some(&'.') => {
                while rest.next_if_eq(&'.').is_some() {}
                read.push('…');
            }
            '=' => read.push_str(" equals "),
            '×' => read.push_str(" times "),
            '#' if rest.peek().is_some_and(char::is_ascii_digit) => read.push_str("number "),
            '°' => read.push_str(" degrees "),
            '½' | '¼' | '¾' => {
                let (_, long) = ABBREVIATIONS.iter().find(|(short, _)| short.starts_with(c)).unwrap_or(&("", ""));
                read.push_str(&format!(" and {long} "));
            }
            // The markers of pronunciations never come from the text itself.
            '[' | ']' | '{' | '}' | '<' | '>' | '|' | '\\' | '^' | '~' | '_' | '*' | '`' | '#' => read.push(' '),
            c if c.is_alphanumeric() || c.is_ascii() && !c.is_ascii_control() => read.push(c),
            '“' | '”' | '…' | '—' | '£' | '€' => read.push(c),
            c if unicode_normalization::char::is_combining_mark(c) => read.push(c),
            _ => read.push(' '),
        }
    }
    read
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
