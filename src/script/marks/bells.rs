//! Bells in marks: which one, how many strikes, and how far apart.

use std::time::Duration;

use super::words::is_word;
use crate::script::block::ScriptBell;
use crate::script::lengths;
use crate::script::tokens::MarkToken;

/// The maximum number of strikes of a bell.
const MOST_STRIKES: f64 = 108.0;
/// The name of a bell of no particular kind.
const GENERIC: &str = "";

/// Finds a bell, and the token that names it.
pub(super) fn find_bell(tokens: &[MarkToken]) -> Option<(usize, ScriptBell)> {
    let names = || tokens.iter().enumerate().filter_map(|(at, token)| Some((at, bell_name(token)?)));
    let (at, mut name) = names().find(|(_, name)| *name != GENERIC).or_else(|| names().next())?;
    if name == GENERIC {
        name = "bowl";
    }
    let every = find_interval(tokens);
    Some((at, ScriptBell { name, strikes: strikes(tokens), every }))
}

/// Returns the bell that a word names, or [`GENERIC`].
pub(super) fn bell_name(token: &MarkToken) -> Option<&'static str> {
    let MarkToken::Word(word) = token else { return None };
    Some(match word.as_str() {
        "bowl" | "bowls" | "klangschale" | "klangschalen" | "cuenco" | "cuencos" | "bol" | "bols" | "klankschaal" => {
            "bowl"
        }
        "inkin" => "inkin",
        "gong" | "gongs" | "gongschlag" => "gong",
        "tingsha" | "tingshas" => "tingsha",
        "woodblock" | "woodblocks" => "block",
        "bell" | "bells" | "chime" | "chimes" | "ding" => GENERIC,
        "klang" | "glocke" | "glocken" | "glöckchen" | "glockenschlag" | "cloche" | "cloches" | "clochette" => GENERIC,
        "campana" | "campanas" | "campanilla" | "campane" | "campanella" | "sino" | "sinos" | "klok" => GENERIC,
        _ => return None,
    })
}

/// Returns the number of strikes: "x3", "3x", "three times", "twice", "3 bells".
fn strikes(tokens: &[MarkToken]) -> u32 {
    const COUNTED: &str = "x times time strikes rings bells bowls gongs chimes strokes \
        mal schläge klangschalen glocken fois coups veces toques volte vezes keer";
    let is =
        |at: Option<usize>, words: &str| at.and_then(|at| tokens.get(at)).is_some_and(|token| is_word(token, words));
    for at in 0..tokens.len() {
        if is(Some(at), "twice zweimal") {
            return 2;
        }
        if is(Some(at), "thrice dreimal") {
            return 3;
        }
        let Some((number, end)) = lengths::number(tokens, at) else { continue };
        let is_word_for_one = is(Some(at), "a an");
        let is_alone = end == tokens.len() && at > 0 && bell_name(&tokens[at - 1]).is_some();
        let is_counted = is(at.checked_sub(1), "x") || is(Some(end), COUNTED) || is_alone;
        if is_counted && !is_word_for_one && number >= 1.0 {
            return number.min(MOST_STRIKES) as u32;
        }
    }
    1
}

/// Returns the interval between strikes: "every 15 seconds", "10 seconds apart".
fn find_interval(tokens: &[MarkToken]) -> Option<Duration> {
    let (length, range) = lengths::find(tokens)?;
    let is_every = range.start > 0 && is_word(&tokens[range.start - 1], "every alle cada ogni");
    let is_apart = tokens.get(range.end).is_some_and(|token| is_word(token, "apart"));
    let allowed = Duration::from_secs(1)..=Duration::from_mins(10);
    ((is_every || is_apart) && allowed.contains(&length.natural)).then_some(length.natural)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::tokens::tokens;

    #[test]
    fn the_interval_of_strikes_is_read() {
        assert_eq!(find_interval(&tokens("bell three times, 15 seconds apart")), Some(Duration::from_secs(15)));
    }
}
