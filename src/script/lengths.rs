//! Parses durations in everyday notation: "30 sec", "two minutes", "1:30", "2–3 minutes", "a few breaths".

mod amounts;

use std::ops::Range;
use std::time::Duration;

use super::tokens::MarkToken;
pub(super) use amounts::number;
use amounts::{Amount, amount};

/// The length of a pause whose length is not stated.
pub(super) const DEFAULT_PAUSE: Duration = Duration::from_secs(8);
/// The seconds meant by "a few" breaths, by "a few" minutes, and by one breath.
const FEW_BREATHS: f64 = 15.0;
const FEW_MINUTES: f64 = 180.0;
const BREATH: f64 = 5.0;
/// The maximum length, in seconds.
const MAX_SECONDS: f64 = 86_400.0;

/// A duration found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ParsedLength {
    /// The length, or the lower end of a range.
    pub(super) shortest: Duration,
    /// The upper end of a range.
    pub(super) longest: Option<Duration>,
    /// Whether the length is stated rather than estimated.
    pub(super) is_exact: bool,
}

impl ParsedLength {
    pub(super) fn exact(shortest: Duration) -> Self {
        Self { shortest, longest: None, is_exact: true }
    }

    /// Returns a length in seconds, or `None` if it is out of range.
    pub(super) fn seconds(seconds: f64, longest: Option<f64>, is_exact: bool) -> Option<Self> {
        let duration = |seconds: f64| {
            let is_in_range = seconds.is_finite() && (0.0..=MAX_SECONDS).contains(&seconds);
            is_in_range.then(|| Duration::from_millis((seconds * 1000.0).round() as u64))
        };
        let shortest = duration(seconds)?;
        let longest = longest.and_then(duration).filter(|longest| *longest > shortest);
        Some(Self { shortest, longest, is_exact })
    }
}

/// A unit of time.
#[derive(Clone, Copy, PartialEq)]
struct TimeUnit {
    seconds: f64,
    /// The seconds meant by "a few" of it.
    few: f64,
    /// Whether it has a definite length, unlike a breath.
    is_exact: bool,
}

/// Finds the first duration in a text, and its position.
pub(super) fn find(tokens: &[MarkToken]) -> Option<(ParsedLength, Range<usize>)> {
    // The last number of "4-7-8 seconds" is not a duration.
    let is_in_chain = |start: usize| {
        start >= 2 && tokens[start - 1] == MarkToken::Dash && matches!(tokens[start - 2], MarkToken::Number(_))
    };
    (0..tokens.len()).filter(|start| !is_in_chain(*start)).find_map(|start| {
        let (length, end) = read(tokens, start)?;
        Some((length, start..end))
    })
}

/// Returns the bare number in a text, as seconds.
pub(super) fn bare_number(tokens: &[MarkToken]) -> Option<ParsedLength> {
    match tokens {
        [MarkToken::Number(seconds)] => ParsedLength::seconds(*seconds, None, true),
        [MarkToken::Number(seconds), MarkToken::Dash, MarkToken::Number(longest)] => {
            ParsedLength::seconds(*seconds, Some(*longest), true)
        }
        _ => None,
    }
}

/// Reads a duration that starts at a token.
fn read(tokens: &[MarkToken], start: usize) -> Option<(ParsedLength, usize)> {
    if let MarkToken::Clock(seconds) = tokens.get(start)? {
        return Some((ParsedLength::seconds(*seconds, None, true)?, start + 1));
    }
    let (amount, index) = amount(tokens, start)?;
    let index = skip_adjectives(tokens, index);
    let Some(MarkToken::Word(word)) = tokens.get(index) else { return None };
    if is_moment(word) {
        return Some((moments(&amount)?, index + 1));
    }
    let mut reader = LengthReader::new(tokens, index + 1, &amount, time_unit(word)?);
    reader.read_half_or_alternative();
    reader.read_other_end();
    reader.read_smaller_part();
    Some((ParsedLength::seconds(reader.seconds, reader.longest, reader.is_exact)?, reader.index))
}

/// Returns the length of "a moment" or "a few moments". "Three moments" is not a length.
fn moments(amount: &Amount) -> Option<ParsedLength> {
    let is_counted = matches!(amount, Amount::Number(number, _) if *number > 1.0);
    (!is_counted).then_some(ParsedLength { shortest: DEFAULT_PAUSE, longest: None, is_exact: false })
}

/// Reads what may follow an amount and its unit.
struct LengthReader<'tokens> {
    tokens: &'tokens [MarkToken],
    /// The index of the next token.
    index: usize,
    unit: TimeUnit,
    seconds: f64,
    /// The upper end of a range, in seconds.
    longest: Option<f64>,
    is_exact: bool,
}

impl<'tokens> LengthReader<'tokens> {
    fn new(tokens: &'tokens [MarkToken], index: usize, amount: &Amount, unit: TimeUnit) -> Self {
        let (seconds, longest, is_exact) = match *amount {
            Amount::Number(number, longest) => {
                (number * unit.seconds, longest.map(|longest| longest * unit.seconds), unit.is_exact)
            }
            Amount::Few => (unit.few, None, false),
            Amount::Couple => (2.0 * unit.seconds, None, false),
        };
        Self { tokens, index, unit, seconds, longest, is_exact }
    }

    fn follows(&self, words: &[&str]) -> bool {
        words_are(self.tokens, self.index, words)
    }

    /// Reads the end of "a minute and a half", "a minute or two" and "a minute or so".
    fn read_half_or_alternative(&mut self) {
        if self.follows(&["and", "a", "half"]) {
            self.seconds += self.unit.seconds / 2.0;
            self.index += 3;
        } else if self.follows(&["or", "two"]) {
            self.longest = Some(2.0 * self.unit.seconds);
            self.index += 2;
        } else if self.follows(&["or", "so"]) {
            self.longest = None;
            self.is_exact = false;
            self.index += 2;
        }
    }

    /// Reads the upper end of a range whose ends have separate units.
    fn read_other_end(&mut self) {
        if self.longest.is_none()
            && let Some((other, end)) = other_end(self.tokens, self.index)
        {
            self.longest = Some(other);
            self.index = end;
        }
    }

    /// Reads the end of "1 minute 30 seconds" and "1 minute and 30 seconds".
    fn read_smaller_part(&mut self) {
        let start = self.index + usize::from(self.follows(&["and"]));
        if let Some((more, end)) = smaller_part(self.tokens, start, self.unit) {
            self.seconds += more;
            self.index = end;
        }
    }
}

/// Reads the upper end of a range whose ends have separate units, as in "30 seconds or up to 2 minutes".
fn other_end(tokens: &[MarkToken], start: usize) -> Option<(f64, usize)> {
    let conjunctions: [&[&str]; 5] = [&["or", "up", "to"], &["up", "to"], &["to"], &["or"], &["or", "even"]];
    let conjunction = conjunctions.iter().find(|words| words_are(tokens, start, words)).map(|words| words.len());
    let length = conjunction.or_else(|| matches!(tokens.get(start), Some(MarkToken::Dash)).then_some(1))?;
    let (Amount::Number(number, None), index) = amount(tokens, start + length)? else { return None };
    let Some(MarkToken::Word(word)) = tokens.get(index) else { return None };
    Some((number * time_unit(word)?.seconds, index + 1))
}

/// Reads the remainder in a smaller unit, such as the seconds after minutes.
fn smaller_part(tokens: &[MarkToken], start: usize, than: TimeUnit) -> Option<(f64, usize)> {
    let (Amount::Number(number, None), index) = amount(tokens, start)? else { return None };
    let Some(MarkToken::Word(word)) = tokens.get(index) else { return None };
    let unit = time_unit(word).filter(|unit| unit.is_exact && than.is_exact && unit.seconds < than.seconds)?;
    Some((number * unit.seconds, index + 1))
}

fn time_unit(word: &str) -> Option<TimeUnit> {
    let unit = |seconds: f64, few: f64, is_exact: bool| Some(TimeUnit { seconds, few, is_exact });
    let default_pause = DEFAULT_PAUSE.as_secs_f64();
    let is = |words: &str| words.split_ascii_whitespace().any(|known| known == word);
    if is("ms msec millisecond milliseconds") {
        unit(0.001, default_pause, true)
    } else if is("s sec secs second seconds sek sekunde sekunden seconde secondes seg segs segundo segundos \
        secondo secondi seconden sekund sekunder")
    {
        unit(1.0, default_pause, true)
    } else if is("m min mins minute minutes minuten minuto minutos minuti minuut minut minuter minutt minutter") {
        unit(60.0, FEW_MINUTES, true)
    } else if is("h hr hrs hour hours stunde stunden heure heures hora horas ora ore") {
        unit(3600.0, 3600.0, true)
    } else if is("breath breaths atemzug atemzüge atemzügen respiration respirations souffle souffles respiración \
        respiraciones respiro respiri ademhaling ademhalingen")
    {
        unit(BREATH, FEW_BREATHS, false)
    } else if is("count counts beat beats") {
        unit(1.0, default_pause, false)
    } else {
        None
    }
}

fn is_moment(word: &str) -> bool {
    matches!(
        word,
        "moment"
            | "moments"
            | "while"
            | "bit"
            | "momente"
            | "augenblick"
            | "augenblicke"
            | "weile"
            | "instant"
            | "instants"
            | "momento"
            | "momentos"
            | "momenti"
    )
}

/// Skips words between a number and its unit: "three slow breaths", "one full minute".
fn skip_adjectives(tokens: &[MarkToken], start: usize) -> usize {
    const ADJECTIVES: [&str; 16] = [
        "full",
        "whole",
        "long",
        "longer",
        "deep",
        "slow",
        "more",
        "gentle",
        "conscious",
        "natural",
        "easy",
        "of",
        "good",
        "little",
        "short",
        "brief",
    ];
    let is_adjective = |index: &usize| matches!(tokens.get(*index), Some(MarkToken::Word(word)) if ADJECTIVES.contains(&word.as_str()));
    start + (start..start + 2).take_while(is_adjective).count()
}

fn words_are(tokens: &[MarkToken], start: usize, words: &[&str]) -> bool {
    let is_word = |(index, word): (usize, &&str)| matches!(tokens.get(start + index), Some(MarkToken::Word(found)) if found == word);
    words.iter().enumerate().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    #[test]
    fn durations_in_everyday_words_are_parsed() {
        for (text, seconds) in [
            ("8s", 8.0),
            ("30 sec", 30.0),
            ("for two minutes", 120.0),
            ("a two-minute silence", 120.0),
            ("1 minute 30 seconds", 90.0),
            ("1m30s", 90.0),
            ("1 min and 15 sec", 75.0),
            ("a minute and a half", 90.0),
            ("half a minute", 30.0),
            ("twenty-five seconds", 25.0),
            ("1½ minutes", 90.0),
            ("1:30", 90.0),
            ("2.5 s", 2.5),
            ("2,5 seconds", 2.5),
            ("500ms", 0.5),
            ("one full minute", 60.0),
            ("an hour", 3600.0),
        ] {
            let (length, _) = find(&tokens(text)).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((length.shortest.as_secs_f64(), length.is_exact), (seconds, true), "{text}");
        }
    }

    #[test]
    fn lengths_without_units_of_time_are_estimates() {
        for (text, seconds) in [
            ("for a few breaths", 15.0),
            ("three slow breaths", 15.0),
            ("a few minutes", 180.0),
            ("a couple of minutes", 120.0),
            ("a few seconds", 8.0),
            ("a moment", 8.0),
            ("a few moments", 8.0),
        ] {
            let (length, _) = find(&tokens(text)).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((length.shortest.as_secs_f64(), length.is_exact), (seconds, false), "{text}");
        }
    }

    #[test]
    fn ranges_have_two_ends() {
        for (text, shortest, longest) in [
            ("2-3 minutes", 120, 180),
            ("10 to 15 seconds", 10, 15),
            ("a minute or two", 60, 120),
            ("30 seconds or up to 2 minutes", 30, 120),
        ] {
            let (length, _) = find(&tokens(text)).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(length.shortest, Duration::from_secs(shortest), "{text}");
            assert_eq!(length.longest, Some(Duration::from_secs(longest)), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_not_durations() {
        for text in ["", "3 times", "softly", "chapter 2", "a b", "99999999999 hours", "5", "4-4-4-4 count"] {
            assert_eq!(find(&tokens(text)), None, "{text}");
        }
        assert_eq!(bare_number(&tokens("5")), Some(ParsedLength::exact(Duration::from_secs(5))));
    }
}
