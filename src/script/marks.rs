//! Interprets marks in brackets, in italics, or alone on a line: pauses, bells, and directions to the guide.
//!
//! A mark is a cue in a script, such as `[PAUSE: 8s]` or `(Ring the bell.)`.

mod bells;
mod words;

use std::time::Duration;

use super::block::{EventContent, ScriptPause};
use super::lengths::{self, ParsedLength};
use super::tokens::{MarkToken, tokens};
use bells::{bell_word, find_bell};
use words::{FILLERS, NEGATIONS, NOT_A_PAUSE_WORDS, PAUSES, RESTS, is_word};

/// The position of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkPlace {
    /// In `[]`, `<>` or `{}`, which are never spoken.
    Bracket,
    /// In parentheses, in italics, or outside the quotation marks.
    Aside,
    /// On a line of its own, which may also be speech.
    Bare,
}

/// The meaning of a mark.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ParsedMark {
    pub(super) events: Vec<EventContent>,
    /// Whether it contains nothing other than these events.
    pub(super) is_complete: bool,
}

/// The longest pause that a bare number can mean, in seconds. Larger numbers are years and similar numbers.
const MAX_BARE_PAUSE: Duration = Duration::from_mins(20);
/// The maximum number of tokens of a text in which a duration alone is a pause.
const MAX_TOKENS: usize = 12;
/// The last index at which a word such as "silence" is a pause without a length. After it, the word is description.
const MAX_PAUSE_INDEX: usize = 5;

/// Interprets the text of a mark, without its brackets.
pub(super) fn read(text: &str, place: MarkPlace) -> ParsedMark {
    if let Some(mark) = read_tag(text) {
        return mark;
    }
    if is_ellipsis(text) {
        return ParsedMark { events: vec![pause(None)], is_complete: true };
    }
    let tokens = tokens(text);
    if let [MarkToken::Word(word), MarkToken::Number(milliseconds)] = tokens.as_slice()
        && word == "slnc"
    {
        let length = ParsedLength::seconds(milliseconds / 1000.0, None, true);
        return ParsedMark { events: vec![pause(length)], is_complete: true };
    }
    if let Some(mark) = read_clocks(&tokens, place) {
        return mark;
    }
    let mark = read_tokens(&tokens, place);
    let is_spoken = place == MarkPlace::Bare && !(mark.is_complete && is_notation(&tokens, text));
    if is_spoken { ParsedMark::default() } else { mark }
}

/// Returns whether a title in brackets is a mark: whether it contains a word for a pause or a bell, or only a length.
pub(super) fn is_title_mark(text: &str) -> bool {
    let tokens = tokens(text);
    let has_mark_word =
        tokens.iter().any(|token| is_word(token, PAUSES) || is_word(token, RESTS) || bell_word(token).is_some());
    let has_words = || tokens.iter().any(|token| matches!(token, MarkToken::Word(_)));
    let is_length = || matches!(lengths::find(&tokens), Some((_, range)) if range == (0..tokens.len()));
    !read(text, MarkPlace::Bracket).events.is_empty() && (has_mark_word || !has_words() || is_length())
}

/// Returns whether a text consists of dots.
pub(super) fn is_ellipsis(text: &str) -> bool {
    let dots: usize = text.chars().map(|c| if c == '…' { 3 } else { usize::from(c == '.') }).sum();
    dots >= 2 && text.chars().all(|c| matches!(c, '…' | '.' | ' ' | '\u{a0}'))
}

/// Reads the `<break time="20s"/>` of a speech service.
fn read_tag(text: &str) -> Option<ParsedMark> {
    let text = text.trim().trim_end_matches('/').trim();
    let rest = text.strip_prefix("break").or_else(|| text.strip_prefix("BREAK"))?;
    if !rest.is_empty() && !rest.contains('=') {
        return None;
    }
    let attribute = |name: &str| {
        let value = rest.split_once(name)?.1.trim_start().strip_prefix('=')?.trim_start();
        Some(
            value
                .trim_start_matches(['"', '\'', '“', '”'])
                .split(['"', '\'', '“', '”', ' '])
                .next()
                .unwrap_or_default(),
        )
    };
    let events = break_pause(attribute("time"), attribute("strength")).map(EventContent::Pause).into_iter().collect();
    Some(ParsedMark { events, is_complete: true })
}

/// Returns the pause that the attributes of a break mean; `None` if it has no pause.
pub(super) fn break_pause(time: Option<&str>, strength: Option<&str>) -> Option<ScriptPause> {
    let milliseconds = match strength {
        Some("none") => return None,
        Some("x-weak") => Some(250),
        Some("weak") => Some(500),
        Some("medium") => Some(750),
        Some("strong") => Some(1000),
        Some("x-strong") => Some(1500),
        _ => None,
    };
    let length_by_time = time.and_then(|time| {
        let tokens = tokens(time.trim_start_matches('+'));
        lengths::find(&tokens).map(|(length, _)| length).or_else(|| lengths::bare_number(&tokens))
    });
    if length_by_time.is_some_and(|length| length.shortest.is_zero()) {
        return None;
    }
    let length_by_strength = || milliseconds.map(|length| ParsedLength::exact(Duration::from_millis(length)));
    Some(ScriptPause { length: length_by_time.or_else(length_by_strength), waits: false })
}

/// Reads times of a recording, such as `[1:15–1:45: silence]`.
fn read_clocks(tokens: &[MarkToken], place: MarkPlace) -> Option<ParsedMark> {
    match tokens {
        [MarkToken::Clock(start), MarkToken::Dash, MarkToken::Clock(end), rest @ ..] => {
            let is_pause = rest.iter().any(|token| is_word(token, PAUSES));
            let length = ParsedLength::seconds(end - start, None, true).filter(|length| !length.shortest.is_zero());
            let events = length.filter(|_| is_pause).map(|length| pause(Some(length))).into_iter().collect();
            Some(ParsedMark { events, is_complete: false })
        }
        [MarkToken::Clock(_)] if place != MarkPlace::Aside => Some(ParsedMark::default()),
        _ => None,
    }
}

fn read_tokens(tokens: &[MarkToken], place: MarkPlace) -> ParsedMark {
    if waits_for_listener(tokens) && place != MarkPlace::Bare {
        let length = lengths::find(tokens).map(|(length, _)| length);
        let events = vec![EventContent::Pause(ScriptPause { length, waits: true })];
        return ParsedMark { events, is_complete: false };
    }
    let is_complete = is_complete(tokens);
    if let Some(length) = lengths::bare_number(tokens) {
        let is_pause = length.shortest <= MAX_BARE_PAUSE && !length.shortest.is_zero() && place != MarkPlace::Bare;
        let events = is_pause.then(|| pause(Some(length))).into_iter().collect();
        return ParsedMark { events, is_complete: true };
    }
    if tokens.iter().any(|token| is_word(token, NEGATIONS)) {
        return ParsedMark::default();
    }
    let mut events = Vec::new();
    let bell = find_bell(tokens);
    let pause = find_pause(tokens, bell.is_some());
    match (bell, pause) {
        (Some((bell_index, bell)), Some((pause_index, pause))) => {
            events = vec![EventContent::Bell(bell), EventContent::Pause(pause)];
            if pause_index < bell_index {
                events.reverse();
            }
        }
        (Some((_, bell)), None) => events.push(EventContent::Bell(bell)),
        (None, Some((_, pause))) => events.push(EventContent::Pause(pause)),
        (None, None) => {}
    }
    ParsedMark { events, is_complete }
}

/// Returns whether a line that may also be speech is notation: "Pause 30 sec", "silence: 2 min", "30 seconds", "Bell x3".
fn is_notation(tokens: &[MarkToken], text: &str) -> bool {
    let is_question = text.trim_end().ends_with('?');
    let starts_with_pause = tokens.iter().take(2).any(|token| is_word(token, PAUSES));
    let start = tokens.iter().take_while(|token| **token == MarkToken::Dash).count();
    let end = tokens.len() - tokens.iter().rev().take_while(|token| **token == MarkToken::Dash).count();
    let is_length = matches!(lengths::find(tokens), Some((length, range)) if length.is_exact && range == (start..end));
    let is_bell = tokens.len() <= 5 && tokens.iter().any(|token| bell_word(token).is_some());
    !is_question && (starts_with_pause || is_length || is_bell)
}

/// Returns whether every word belongs to a pause or a bell.
fn is_complete(tokens: &[MarkToken]) -> bool {
    let length = lengths::find(tokens).map(|(_, range)| range).unwrap_or_default();
    let is_known = |(index, token): (usize, &MarkToken)| {
        length.contains(&index)
            || !matches!(token, MarkToken::Word(_))
            || [PAUSES, RESTS, FILLERS].into_iter().any(|words| is_word(token, words))
            || bell_word(token).is_some()
            || lengths::number(std::slice::from_ref(token), 0).is_some()
    };
    tokens.iter().enumerate().all(is_known)
}

/// Finds a pause, and the index of the token that means it.
fn find_pause(tokens: &[MarkToken], has_bell: bool) -> Option<(usize, ScriptPause)> {
    let length = lengths::find(tokens);
    let range = length.as_ref().map(|(_, range)| range.clone()).unwrap_or_default();
    let pause = tokens.iter().position(|token| is_word(token, PAUSES));
    let rest = tokens.iter().position(|token| is_word(token, RESTS));
    let bare = || (!has_bell).then(|| number_beside(tokens, pause.or(rest)?)).flatten();
    let length = length.map(|(length, _)| length).or_else(bare);
    let is_short = tokens.len() <= MAX_TOKENS;
    let is_not_a_pause = tokens.iter().any(|token| is_word(token, NOT_A_PAUSE_WORDS));
    let index = match (pause, rest, length) {
        (Some(index), _, None) if index > MAX_PAUSE_INDEX => return None,
        (Some(index), ..) => index,
        (None, Some(index), Some(_)) if is_short || index == 0 => index,
        (None, Some(index), None) if index == 0 && tokens.len() <= 4 => index,
        (None, None, Some(_)) if is_short && !is_not_a_pause && !has_bell => range.start,
        _ => return None,
    };
    Some((index, ScriptPause { length, waits: false }))
}

/// Returns the number after or before a word, as seconds: "PAUSE:5", "10 pause".
fn number_beside(tokens: &[MarkToken], index: usize) -> Option<ParsedLength> {
    let number = |index: Option<usize>| match tokens.get(index?) {
        Some(MarkToken::Number(seconds)) => Some(*seconds),
        _ => None,
    };
    // "pause duration: 5"
    let is_label = tokens.get(index + 1).is_some_and(|token| is_word(token, "duration length time for of"));
    let seconds = number(Some(index + 1 + usize::from(is_label))).or_else(|| number(index.checked_sub(1)))?;
    ParsedLength::seconds(seconds, None, true).filter(|length| !length.shortest.is_zero())
}

/// Returns whether a mark asks to wait until the listener continues.
fn waits_for_listener(tokens: &[MarkToken]) -> bool {
    const PHRASES: [&str; 14] = [
        " user input ",
        " press any key ",
        " press a key ",
        " press enter ",
        " press space ",
        " press next ",
        " press continue ",
        " tap to continue ",
        " click to continue ",
        " as long as ",
        " until ready ",
        " when ready ",
        " wait for the listener ",
        " wait for listener ",
    ];
    const SUBJECTS: [&str; 7] = [" listener ", " user ", " student ", " students ", " participant ", " they ", " you "];
    let text: Vec<&str> = tokens
        .iter()
        .map(|token| match token {
            MarkToken::Word(word) => word.as_str(),
            _ => "",
        })
        .collect();
    let text = format!(" {} ", text.join(" "));
    let is_until = text.contains(" until ") && SUBJECTS.iter().any(|subject| text.contains(subject));
    let waits = text.contains(" wait ") || text.contains(" pause ");
    is_until && waits || PHRASES.iter().any(|phrase| text.contains(phrase))
}

fn pause(length: Option<ParsedLength>) -> EventContent {
    EventContent::Pause(ScriptPause { length, waits: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str, place: MarkPlace) -> String {
        let events = read(text, place).events.into_iter().map(|event| match event {
            EventContent::Pause(pause) => {
                let length = pause.length.map_or("?".to_owned(), |length| length.shortest.as_secs_f64().to_string());
                format!("{}{length}", if pause.waits { "open " } else { "" })
            }
            EventContent::Bell(bell) => format!("{}x{}", bell.name, bell.strikes),
            other => panic!("{other:?}"),
        });
        events.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_notation_for_a_pause_is_read() {
        for (text, expected) in [
            ("PAUSE: 8s", "8"),
            ("PAUSE:5", "5"),
            ("pause 3", "3"),
            ("pause=2.5", "2.5"),
            ("5", "5"),
            ("10s pause", "10"),
            ("pause duration=5", "5"),
            ("2'", "120"),
            ("1'30\"", "90"),
            ("15″", "15"),
            ("hold 1 minute", "60"),
            ("break time=\"20s\"/", "20"),
            ("break time='1500ms' /", "1.5"),
            ("break strength=\"strong\"/", "1"),
            ("break/", "?"),
            ("pause", "?"),
            ("long pause", "?"),
            ("Pause 30 sec", "30"),
            ("silence: 2 min", "120"),
            ("…", "?"),
            (". . .", "?"),
            ("Pause for a few breaths", "15"),
            ("Let students rest in silence for a few minutes", "180"),
            ("Allow a minute", "60"),
            ("two minutes", "120"),
            ("1:15–1:45: silence for reflection", "30"),
            ("Wait until the listener is ready", "open ?"),
            ("Pause: press any key to continue", "open ?"),
        ] {
            assert_eq!(described(text, MarkPlace::Bracket), expected, "{text}");
        }
    }

    #[test]
    fn bells_are_read_with_their_strikes() {
        for (text, expected) in [
            ("SFX: bell", "bowlx1"),
            ("BELL x3", "bowlx3"),
            ("Ring the bell three times", "bowlx3"),
            ("3 bells", "bowlx3"),
            ("Gong (2x)", "gongx2"),
            ("sound of tingshas, twice", "tingshax2"),
            ("Tibetan singing bowl", "bowlx1"),
            ("bell, then pause for 30 seconds", "bowlx1 30"),
            ("pause 10 seconds, then ring the bell", "10 bowlx1"),
        ] {
            assert_eq!(described(text, MarkPlace::Aside), expected, "{text}");
        }
    }

    #[test]
    fn directions_are_neither_pauses_nor_bells() {
        for text in [
            "softly",
            "Speak slowly",
            "In a calm voice",
            "SFX: ocean waves",
            "Play ocean waves for 1 minute, then fade out",
            "no pause here",
            "00:45",
            "Repeat 3 times",
            "1999",
        ] {
            assert_eq!(described(text, MarkPlace::Bracket), "", "{text}");
        }
    }

    #[test]
    fn a_separate_line_is_a_mark_only_without_other_content() {
        for (text, expected) in [
            ("Pause 30 sec", "30"),
            ("PAUSE", "?"),
            ("Pause for 10 seconds.", "10"),
            ("silence: 2 min", "120"),
            ("30 seconds", "30"),
            ("--- 45 seconds ---", "45"),
            ("- Pause -", "?"),
            ("Bell x3", "bowlx3"),
            ("...", "?"),
        ] {
            assert_eq!(described(text, MarkPlace::Bare), expected, "{text}");
        }
        for text in [
            "Pause for a moment, and notice your breath.",
            "Rest.",
            "Hold for five seconds, then let go.",
            "A few breaths",
            "Listen to the bell until it fades.",
            "Silence is here.",
            "5",
        ] {
            assert_eq!(described(text, MarkPlace::Bare), "", "{text}");
        }
    }
}
