//! Durations spoken before a silence, and whether they are true at every length of the session.

use std::time::Duration;

use super::phrases::{Word, split_words};
use super::position::span_of_words;
use crate::manifest::codes::Code;
use crate::manifest::duration;
use crate::manifest::findings::Findings;
use crate::manifest::session::{NarrationSpec, SegmentContent, SilenceSpec, SpokenLine};

/// How durations are expressed in one language.
pub(super) struct TimeWords {
    seconds: &'static [&'static str],
    minutes: &'static [&'static str],
    hours: &'static [&'static str],
    /// Numbers in words. Articles count as one.
    numbers: &'static [(&'static str, f64)],
    /// Words directly before a unit that make it half of one.
    half: &'static [&'static str],
    /// Words before a half unit that are part of it: "half a minute".
    half_article: &'static [&'static str],
    /// Words after a unit that add half of one.
    and_a_half: &'static [&'static str],
    /// Words between a number and its unit.
    between: &'static [&'static str],
}

pub(super) const ENGLISH: TimeWords = TimeWords {
    seconds: &["seconds"],
    minutes: &["minute", "minutes"],
    hours: &["hour", "hours"],
    numbers: &[
        ("a", 1.0),
        ("an", 1.0),
        ("one", 1.0),
        ("two", 2.0),
        ("three", 3.0),
        ("four", 4.0),
        ("five", 5.0),
        ("six", 6.0),
        ("seven", 7.0),
        ("eight", 8.0),
        ("nine", 9.0),
        ("ten", 10.0),
        ("twelve", 12.0),
        ("fifteen", 15.0),
        ("twenty", 20.0),
        ("thirty", 30.0),
        ("forty", 40.0),
        ("fifty", 50.0),
        ("sixty", 60.0),
        ("ninety", 90.0),
    ],
    half: &["half"],
    half_article: &["a", "an"],
    and_a_half: &["and", "a", "half"],
    between: &["quiet", "silent", "full", "whole", "long", "more", "slow"],
};

pub(super) const GERMAN: TimeWords = TimeWords {
    seconds: &["sekunden"],
    minutes: &["minute", "minuten"],
    hours: &["stunde", "stunden"],
    numbers: &[
        ("eine", 1.0),
        ("einer", 1.0),
        ("anderthalb", 1.5),
        ("eineinhalb", 1.5),
        ("zwei", 2.0),
        ("zweieinhalb", 2.5),
        ("drei", 3.0),
        ("vier", 4.0),
        ("fünf", 5.0),
        ("sechs", 6.0),
        ("sieben", 7.0),
        ("acht", 8.0),
        ("neun", 9.0),
        ("zehn", 10.0),
        ("zwölf", 12.0),
        ("fünfzehn", 15.0),
        ("zwanzig", 20.0),
        ("dreißig", 30.0),
        ("dreissig", 30.0),
        ("vierzig", 40.0),
        ("fünfzig", 50.0),
        ("sechzig", 60.0),
        ("neunzig", 90.0),
    ],
    half: &["halbe", "halben"],
    half_article: &[],
    and_a_half: &[],
    between: &["stille", "ganze", "volle", "lange", "weitere"],
};

pub(super) const FRENCH: TimeWords = TimeWords {
    seconds: &["secondes"],
    minutes: &["minute", "minutes"],
    hours: &["heure", "heures"],
    numbers: &[
        ("une", 1.0),
        ("deux", 2.0),
        ("trois", 3.0),
        ("quatre", 4.0),
        ("cinq", 5.0),
        ("six", 6.0),
        ("sept", 7.0),
        ("huit", 8.0),
        ("neuf", 9.0),
        ("dix", 10.0),
        ("douze", 12.0),
        ("quinze", 15.0),
        ("vingt", 20.0),
        ("trente", 30.0),
        ("quarante", 40.0),
        ("cinquante", 50.0),
        ("soixante", 60.0),
    ],
    half: &["demi"],
    half_article: &[],
    and_a_half: &["et", "demie"],
    between: &["longue", "longues", "pleine"],
};

pub(super) const SPANISH: TimeWords = TimeWords {
    seconds: &["segundos"],
    minutes: &["minuto", "minutos"],
    hours: &["hora", "horas"],
    numbers: &[
        ("un", 1.0),
        ("una", 1.0),
        ("dos", 2.0),
        ("tres", 3.0),
        ("cuatro", 4.0),
        ("cinco", 5.0),
        ("seis", 6.0),
        ("siete", 7.0),
        ("ocho", 8.0),
        ("nueve", 9.0),
        ("diez", 10.0),
        ("doce", 12.0),
        ("quince", 15.0),
        ("veinte", 20.0),
        ("treinta", 30.0),
        ("cuarenta", 40.0),
        ("cincuenta", 50.0),
        ("sesenta", 60.0),
    ],
    half: &["medio", "media"],
    half_article: &[],
    and_a_half: &["y", "medio"],
    between: &["largo", "largos", "larga"],
};

/// A spoken duration, and its words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SpokenLength<'text> {
    pub(super) length: Duration,
    pub(super) words: &'text str,
}

/// A duration among the words of a text.
struct FoundLength {
    seconds: f64,
    /// The length of its unit in seconds.
    unit: f64,
    first: usize,
    last: usize,
}

/// Returns the last duration in a text, if there is one. An indefinite number, such as "a few minutes", does not count.
pub(super) fn last_length<'text>(text: &'text str, language: &TimeWords) -> Option<SpokenLength<'text>> {
    let words = split_words(text);
    let mut last: Option<FoundLength> = None;
    for at in 0..words.len() {
        let Some(mut found) = length_at(&words, at, language) else { continue };
        // "One minute and thirty seconds" is a single duration.
        if let Some(before) = last.filter(|before| before.unit > found.unit && found.first - before.last <= 2) {
            found = FoundLength { seconds: before.seconds + found.seconds, first: before.first, ..found };
        }
        last = Some(found);
    }
    let FoundLength { seconds, first, last, .. } = last?;
    let words = &text[words[first].start..words[last].end];
    Some(SpokenLength { length: Duration::from_secs_f64(seconds), words })
}

/// Returns the duration whose unit is this word.
fn length_at(words: &[Word], at: usize, language: &TimeWords) -> Option<FoundLength> {
    let unit = unit_of(&words[at].lower, language)?;
    let (mut number, first) = number_before(words, at, language)?;
    let after = &words[at + 1..];
    let is_half_more = !language.and_a_half.is_empty()
        && after.len() >= language.and_a_half.len()
        && after.iter().zip(language.and_a_half).all(|(word, expected)| word.lower == *expected);
    let mut last = at;
    if is_half_more && number >= 1.0 {
        number += 0.5;
        last += language.and_a_half.len();
    }
    Some(FoundLength { seconds: number * unit, unit, first, last })
}

fn unit_of(word: &str, language: &TimeWords) -> Option<f64> {
    let units = [(language.seconds, 1.0), (language.minutes, 60.0), (language.hours, 3600.0)];
    units.into_iter().find(|(names, _)| names.contains(&word)).map(|(_, seconds)| seconds)
}

/// Returns the number before a unit, and the index of its first word.
fn number_before(words: &[Word], unit: usize, language: &TimeWords) -> Option<(f64, usize)> {
    let word = |at: usize| words.get(at).map_or("", |word| word.lower.as_str());
    let mut at = unit.checked_sub(1)?;
    if language.between.contains(&word(at)) {
        at = at.checked_sub(1)?;
    }
    if language.half_article.contains(&word(at)) && at > 0 && language.half.contains(&word(at - 1)) {
        return Some((0.5, at - 1));
    }
    if language.half.contains(&word(at)) {
        // "Two and a half minutes" and "half a minute" end in the same word.
        let whole = at.checked_sub(3).filter(|_| word(at - 1) == "a" && word(at - 2) == "and");
        if let Some((number, first)) = whole.and_then(|first| number_at(words, first, language)) {
            return Some((number + 0.5, first));
        }
        return Some((0.5, at));
    }
    number_at(words, at, language)
}

/// Returns the number that ends with a word, and the index of its first word.
fn number_at(words: &[Word], at: usize, language: &TimeWords) -> Option<(f64, usize)> {
    let number = |at: usize| -> Option<f64> {
        let word = words.get(at)?.lower.as_str();
        let named = language.numbers.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
        named.or_else(|| word.parse().ok().filter(|number: &f64| (1.0..10_000.0).contains(number)))
    };
    let last = number(at)?;
    // "Forty-five": tens and ones.
    match at.checked_sub(1).and_then(|before| Some((number(before)?, before))) {
        Some((tens, first)) if (20.0..=90.0).contains(&tens) && tens % 10.0 == 0.0 && last < 10.0 => {
            Some((tens + last, first))
        }
        _ => Some((last, at)),
    }
}

/// Reports a duration in a line that the silence directly after it can make false by more than a third.
pub(super) fn check(narration: &NarrationSpec, silence: &SilenceSpec, language: &TimeWords, findings: &mut Findings) {
    if silence.is_announced {
        return;
    }
    let lines = [Some(&narration.line), narration.instead.as_ref()];
    for line in lines.into_iter().flatten().filter_map(SpokenLine::words) {
        let Some(spoken) = last_length(&line.value, language) else { continue };
        let (least, most) = (silence.least.as_secs_f64(), silence.most.as_secs_f64());
        let length = spoken.length.as_secs_f64();
        let is_false = silence.is_open || least < length * 2.0 / 3.0 || most > length * 4.0 / 3.0;
        if is_false {
            report(&line.span, spoken, silence, findings);
        }
    }
}

fn report(line: &std::ops::Range<usize>, spoken: SpokenLength, silence: &SilenceSpec, findings: &mut Findings) {
    let span = span_of_words(findings.text(), line, spoken.words);
    let bounds = if silence.is_open {
        "as long as the listener likes".to_owned()
    } else {
        format!("{} to {} long", duration::format(silence.least), duration::format(silence.most))
    };
    let message = format!("`{}` may be wrong: the silence after it is {bounds}", spoken.words);
    let help = if silence.is_open {
        "leave the length out of the words".to_owned()
    } else {
        let (least, most) = (spoken.length * 3 / 4, spoken.length * 5 / 4);
        format!(
            "leave the length out and add announce = true to the silence, or limit the silence: least = \"{}\" and most = \"{}\"",
            duration::format(round(least)),
            duration::format(round(most))
        )
    };
    findings.warning(Code::SpokenLength, span, message, help);
}

fn round(duration: Duration) -> Duration {
    Duration::from_secs(duration.as_secs().max(1))
}

/// Calls `visit` for each line that is directly followed by a silence, in playing order.
pub(super) fn for_each_line_before_silence<'session>(
    segments: impl Iterator<Item = &'session SegmentContent>,
    mut visit: impl FnMut(&'session NarrationSpec, &'session SilenceSpec),
) {
    let mut before = None;
    for content in segments {
        match (before, content) {
            (Some(narration), SegmentContent::Silence(silence)) => visit(narration, silence),
            (_, SegmentContent::Narration(narration)) => {
                before = Some(narration);
                continue;
            }
            _ => {}
        }
        before = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str, language: &TimeWords) -> Option<f64> {
        last_length(text, language).map(|found| found.length.as_secs_f64())
    }

    #[test]
    fn english_lengths() {
        for (text, length) in [
            ("For about half a minute, listen.", 30.0),
            ("A half minute.", 30.0),
            ("A minute and a half.", 90.0),
            ("One and a half minutes of rest.", 90.0),
            ("Two and a half minutes.", 150.0),
            ("A quiet minute follows.", 60.0),
            ("One more minute.", 60.0),
            ("Twenty minutes of silence follow, with a bell in every fifth.", 1200.0),
            ("Forty-five seconds.", 45.0),
            ("90 seconds now.", 90.0),
            ("Half an hour.", 1800.0),
            ("One minute and thirty seconds.", 90.0),
            ("First a minute, later five minutes.", 300.0),
            ("TEN MINUTES", 600.0),
        ] {
            assert_eq!(seconds(text, &ENGLISH), Some(length), "{text}");
        }
        for text in ["A few minutes.", "Minutes pass.", "A second breath.", "The minute hand.", "Some hours later", ""]
        {
            assert_eq!(seconds(text, &ENGLISH), None, "{text}");
        }
        assert_eq!(last_length("Now, for Half a Minute: rest.", &ENGLISH).unwrap().words, "Half a Minute");
    }

    #[test]
    fn other_languages() {
        for (text, length) in
            [("Etwa eine halbe Minute.", 30.0), ("Anderthalb Minuten.", 90.0), ("Fünf Minuten Stille.", 300.0)]
        {
            assert_eq!(seconds(text, &GERMAN), Some(length), "{text}");
        }
        assert_eq!(seconds("Une minute et demie.", &FRENCH), Some(90.0));
        assert_eq!(seconds("Une demi-minute.", &FRENCH), Some(30.0));
        assert_eq!(seconds("Un minuto y medio.", &SPANISH), Some(90.0));
        assert_eq!(seconds("Medio minuto.", &SPANISH), Some(30.0));
    }
}
