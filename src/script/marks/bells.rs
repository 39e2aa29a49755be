//! Bells in marks, which are cues such as `[BELL x3]`: which bell, how many strikes, and how far apart.

use std::time::Duration;

use super::words::is_word;
use crate::script::block::ScriptBell;
use crate::script::lengths;
use crate::script::tokens::MarkToken;

/// The maximum number of strikes of a bell.
const MAX_STRIKES: f64 = 108.0;
/// The bell for a word that means no particular kind.
const DEFAULT_BELL: &str = "bowl";

/// The meaning of a word for a bell.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum BellWord {
    /// The bell with this name.
    Kind(&'static str),
    /// Any bell.
    Any,
}

/// Finds a bell, and the index of the token that means it.
pub(super) fn find_bell(tokens: &[MarkToken]) -> Option<(usize, ScriptBell)> {
    let words = || tokens.iter().enumerate().filter_map(|(index, token)| Some((index, bell_word(token)?)));
    let (index, word) = words().find(|(_, word)| *word != BellWord::Any).or_else(|| words().next())?;
    let name = match word {
        BellWord::Kind(name) => name,
        BellWord::Any => DEFAULT_BELL,
    };
    let interval = find_interval(tokens);
    Some((index, ScriptBell { name, strikes: strikes(tokens), interval }))
}

/// Returns the bell that a token means; `None` if it does not mean a bell.
pub(super) fn bell_word(token: &MarkToken) -> Option<BellWord> {
    let MarkToken::Word(word) = token else { return None };
    Some(match word.as_str() {
        "bowl" | "bowls" | "klangschale" | "klangschalen" | "cuenco" | "cuencos" | "bol" | "bols" | "klankschaal" => {
            BellWord::Kind("bowl")
        }
        "inkin" => BellWord::Kind("inkin"),
        "gong" | "gongs" | "gongschlag" => BellWord::Kind("gong"),
        "tingsha" | "tingshas" => BellWord::Kind("tingsha"),
        "woodblock" | "woodblocks" => BellWord::Kind("block"),
        "bell" | "bells" | "chime" | "chimes" | "ding" => BellWord::Any,
        "klang" | "glocke" | "glocken" | "glöckchen" | "glockenschlag" | "cloche" | "cloches" | "clochette" => {
            BellWord::Any
        }
        "campana" | "campanas" | "campanilla" | "campane" | "campanella" | "sino" | "sinos" | "klok" => BellWord::Any,
        _ => return None,
    })
}

/// Returns the number of strikes: "x3", "3x", "three times", "twice", "3 bells".
fn strikes(tokens: &[MarkToken]) -> u32 {
    const WORDS_AFTER_COUNT: &str = "x times time strikes rings bells bowls gongs chimes strokes \
        mal schläge klangschalen glocken fois coups veces toques volte vezes keer";
    let is_word_at = |index: Option<usize>, words: &str| {
        index.and_then(|index| tokens.get(index)).is_some_and(|token| is_word(token, words))
    };
    for index in 0..tokens.len() {
        if is_word_at(Some(index), "twice zweimal") {
            return 2;
        }
        if is_word_at(Some(index), "thrice dreimal") {
            return 3;
        }
        let Some((number, end)) = lengths::number(tokens, index) else { continue };
        let is_word_for_one = is_word_at(Some(index), "a an");
        let ends_after_bell_word = end == tokens.len() && index > 0 && bell_word(&tokens[index - 1]).is_some();
        let is_counted =
            is_word_at(index.checked_sub(1), "x") || is_word_at(Some(end), WORDS_AFTER_COUNT) || ends_after_bell_word;
        if is_counted && !is_word_for_one && number >= 1.0 {
            return number.min(MAX_STRIKES) as u32;
        }
    }
    1
}

/// Returns the interval between strikes: "every 15 seconds", "10 seconds apart".
fn find_interval(tokens: &[MarkToken]) -> Option<Duration> {
    let (length, range) = lengths::find(tokens)?;
    let follows_every = range.start > 0 && is_word(&tokens[range.start - 1], "every alle cada ogni");
    let precedes_apart = tokens.get(range.end).is_some_and(|token| is_word(token, "apart"));
    let allowed = Duration::from_secs(1)..=Duration::from_mins(10);
    ((follows_every || precedes_apart) && allowed.contains(&length.shortest)).then_some(length.shortest)
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
